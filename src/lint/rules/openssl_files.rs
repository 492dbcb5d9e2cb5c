//! Rules for OpenSSL configurations, applied to the certificates that would be issued with them.

use std::net::IpAddr;

use crate::diagnostics::Code;
use crate::lint::certificate::Purposes;
use crate::lint::content::Read;
use crate::lint::facts::Facts;
use crate::lint::knowledge::Knowledge;
use crate::lint::openssl::{Configuration, Section, plain};
use crate::lint::report::Report;

/// Keys that name another section.
const REFERENCES: [&str; 4] = ["distinguished_name", "req_extensions", "x509_extensions", "default_ca"];
/// Keys of a section of extensions.
const EXTENSIONS: [&str; 4] = ["basicConstraints", "keyUsage", "extendedKeyUsage", "subjectAltName"];

pub(super) fn check<'k>(
    file: &Read<'_>,
    configuration: &Configuration,
    knowledge: &'k Knowledge,
    report: &mut Report,
) -> Vec<Facts<'k>> {
    for section in &configuration.sections {
        references(file, configuration, section, report);
        digest(file, section, report);
    }
    let is_one = |section: &&Section| EXTENSIONS.iter().any(|key| section.get(key).is_some());
    let sections = configuration.sections.iter().filter(is_one);
    let mut found: Vec<Facts<'k>> =
        sections.map(|section| extensions(file, configuration, section, knowledge, report)).collect();
    found.extend(
        configuration.sections.iter().filter_map(|section| request(file, configuration, section, report)),
    );
    found
}

fn references(file: &Read<'_>, configuration: &Configuration, section: &Section, report: &mut Report) {
    for key in REFERENCES {
        let Some(entry) = section.get(key).filter(|entry| !entry.value.contains('$')) else { continue };
        if configuration.section(&entry.value).is_none() {
            let place = file.at(entry.line, report);
            let message = format!("`{key}` names the section `{}`, which does not exist", entry.value);
            report.say(Code::LintOpensslConfig, place, message, "OpenSSL cannot issue a certificate with it");
        }
    }
}

fn digest(file: &Read<'_>, section: &Section, report: &mut Report) {
    if let Some(entry) =
        section.get("default_md").filter(|entry| ["md5", "sha1"].contains(&entry.value.as_str()))
    {
        let place = file.at(entry.line, report);
        let message = format!("certificates are signed with `{}`", entry.value);
        report.say(Code::LintWeakSignature, place, message, "write `default_md = sha256`");
    }
    let bits = section.get("default_bits").and_then(|entry| Some((entry, entry.value.parse::<u32>().ok()?)));
    if let Some((entry, bits)) = bits.filter(|(_, bits)| *bits < 2048) {
        let place = file.at(entry.line, report);
        report.say(
            Code::LintWeakKey,
            place,
            format!("RSA keys are made with {bits} bits"),
            "use 2048 bits or more",
        );
    }
}

fn extensions<'k>(
    file: &Read<'_>,
    configuration: &Configuration,
    section: &Section,
    knowledge: &'k Knowledge,
    report: &mut Report,
) -> Facts<'k> {
    let mut facts = Facts::at(file.at(section.line, report), format!("the section `{}`", section.name));
    let words = |key: &str| -> Option<Vec<String>> {
        let entry = section.get(key)?;
        Some(entry.value.split(',').map(|word| word.trim().to_owned()).collect())
    };
    let has = |words: &Option<Vec<String>>, word: &str| words.iter().flatten().any(|known| known == word);
    let basic = words("basicConstraints");
    facts.authority = is_authority(section);
    let purposes = words("extendedKeyUsage");
    let (client, server) = (has(&purposes, "clientAuth"), has(&purposes, "serverAuth"));
    facts.purposes = purposes.is_some().then_some(Purposes { client, server });
    facts.key_usages = words("keyUsage");
    facts.says_usages = true;
    names(file, configuration, section, &mut facts, report);
    let dns: Vec<&str> = facts.dns.iter().map(|(_, dns)| dns.as_str()).collect();
    facts.role = knowledge.roles.by_names(&dns);
    form(&facts, &basic, section, report);
    facts
}

/// A request that says its subject itself. Its extensions are judged at their section.
fn request<'k>(
    file: &Read<'_>,
    configuration: &Configuration,
    section: &Section,
    report: &Report,
) -> Option<Facts<'k>> {
    let silent = section.get("prompt").is_some_and(|entry| entry.value == "no");
    let subject = configuration.section(&section.get("distinguished_name").filter(|_| silent)?.value)?;
    let values = |short: &str, long: &str| {
        let entries = subject.entries.iter().filter(|entry| [short, long].contains(&plain(&entry.key)));
        entries.map(|entry| entry.value.clone()).collect::<Vec<_>>()
    };
    let common_name = values("CN", "commonName").pop().unwrap_or_default();
    let mut facts = Facts::at(file.at(subject.line, report), format!("the request of `{common_name}`"));
    let extensions = ["req_extensions", "x509_extensions"].into_iter().filter_map(|key| section.get(key));
    let extensions: Vec<&Section> =
        extensions.filter_map(|entry| configuration.section(&entry.value)).collect();
    facts.authority = extensions.iter().any(|section| is_authority(section));
    facts.common_name = Some(common_name);
    facts.organizations = values("O", "organizationName");
    facts.countries = values("C", "countryName");
    Some(facts)
}

fn is_authority(section: &Section) -> bool {
    let words = section.get("basicConstraints").map(|entry| entry.value.as_str()).unwrap_or_default();
    words.split(',').any(|word| word.replace(' ', "").eq_ignore_ascii_case("ca:true"))
}

fn names(
    file: &Read<'_>,
    configuration: &Configuration,
    section: &Section,
    facts: &mut Facts<'_>,
    report: &mut Report,
) {
    // Without the key, another section or the command line may say it.
    let Some(entry) = section.get("subjectAltName") else {
        facts.has_names = facts.serves().then_some(false);
        return;
    };
    let mut found: Vec<(u32, String, String)> = Vec::new();
    for part in entry.value.split(',').map(str::trim) {
        if let Some(name) = part.strip_prefix('@') {
            match configuration.section(name) {
                Some(names) => found.extend(
                    names
                        .entries
                        .iter()
                        .map(|entry| (entry.line, plain(&entry.key).to_owned(), entry.value.clone())),
                ),
                None => {
                    let place = file.at(entry.line, report);
                    let message =
                        format!("`subjectAltName` names the section `{name}`, which does not exist");
                    report.say(
                        Code::LintOpensslConfig,
                        place,
                        message,
                        "OpenSSL cannot issue a certificate with it",
                    );
                }
            }
        } else if let Some((kind, value)) = part.split_once(':') {
            found.push((entry.line, kind.trim().to_owned(), value.trim().to_owned()));
        }
    }
    for (line, kind, value) in found {
        if value.contains('$') {
            continue;
        }
        match kind.as_str() {
            "DNS" => facts.dns.push((file.at(line, report), value)),
            "IP" if value.parse::<IpAddr>().is_err() => {
                let place = file.at(line, report);
                report.say(
                    Code::LintOpensslConfig,
                    place,
                    format!("`{value}` is not an address"),
                    "names are `DNS:`",
                );
            }
            "IP" => facts.addresses.push(value),
            _ => {}
        }
    }
    facts.has_names = Some(!entry.value.is_empty());
}

/// What the section does not say, and certificates then lack.
fn form(facts: &Facts<'_>, basic: &Option<Vec<String>>, section: &Section, report: &mut Report) {
    let critical = |words: &Option<Vec<String>>| words.iter().flatten().any(|word| word == "critical");
    let mut lacks = Vec::new();
    if facts.authority {
        if !critical(basic) {
            lacks.push("its basic constraints are not critical");
        }
        match &facts.key_usages {
            None => lacks.push("it has no key usage (`critical, keyCertSign, cRLSign`)"),
            usages if !critical(usages) => lacks.push("its key usage is not critical"),
            _ => {}
        }
        if section.get("subjectKeyIdentifier").is_none() {
            lacks.push("it has no subject key identifier (`subjectKeyIdentifier = hash`)");
        }
    } else {
        if facts.purposes.is_none() {
            lacks.push("it has no extended key usage: its certificates are valid for every purpose");
        }
        if facts.key_usages.is_none() {
            lacks.push("it has no key usage");
        }
    }
    if !lacks.is_empty() {
        let code = if facts.authority { Code::LintAuthorityForm } else { Code::LintLeafForm };
        let message = format!("certificates from {} lack extensions: {}", facts.what, lacks.join(", "));
        report.say(code, facts.place, message, "add them to the section");
    }
}
