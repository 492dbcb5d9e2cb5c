//! Completion for bash, which splits words at `:` and `=`: the generated script joins codes and `NAME=DIR` again.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use clap::Command;
use clap_complete::env::{self, EnvCompleter};

/// Words that the line does not part by blanks are one; what stands before the cursor in it is taken off the answers, since
/// bash has it already. `read` takes the answers apart and expands nothing in them.
const BEFORE: &str = r#"_pkiplan_complete() {
    local IFS=$'\013' rest=$COMP_LINE before word="" i
    local -a words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        before=${rest%%[![:space:]]*}
        rest=${rest#"$before"}
        rest=${rest#"${COMP_WORDS[i]}"}
        if [[ $i -eq 0 || -n $before || -z ${COMP_WORDS[i]} && ! ${COMP_WORDS[i - 1]} =~ [:=]$ ]]; then
            words+=("${COMP_WORDS[i]}")
        else
            words[${#words[@]} - 1]+=${COMP_WORDS[i]}
        fi
    done
    word=${words[${#words[@]} - 1]}
    local part=${COMP_WORDS[COMP_CWORD]}
    [[ $part =~ ^[:=]+$ ]] && part=""
    local known=${word%"$part"}
    COMPREPLY=()
    read -r -d '' -a COMPREPLY < <(_CLAP_IFS="$IFS" _CLAP_COMPLETE_INDEX=$((${#words[@]} - 1)) "#;
/// What a file is called may be a command: each answer is quoted. With `-o filenames` bash would do so, but before a last
/// colon, too, and find nothing that goes on from there.
const AFTER: &str = r#" -- "${words[@]}" 2>/dev/null)
    for i in "${!COMPREPLY[@]}"; do
        part=${COMPREPLY[i]#"$known"}
        [[ -n $part ]] && printf -v part %q "$part"
        COMPREPLY[i]=$part
    done
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} =~ [=/:.]$ ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -o bashdefault -F _pkiplan_complete "#;

pub(super) struct Bash;

impl EnvCompleter for Bash {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn is(&self, name: &str) -> bool {
        name == "bash"
    }

    fn write_registration(
        &self,
        var: &str,
        _name: &str,
        bin: &str,
        completer: &str,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        let quoted = format!("'{}'", completer.replace('\'', r"'\''"));
        writeln!(buf, "{BEFORE}{var}=bash {quoted}{AFTER}{bin}")
    }

    fn write_complete(
        &self,
        command: &mut Command,
        arguments: Vec<OsString>,
        here: Option<&Path>,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        env::Bash.write_complete(command, arguments, here, buf)
    }
}
