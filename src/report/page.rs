//! The frame of every HTML page: one file, which may run its own script and loads nothing.

use super::escaped::escaped;

/// Colours and type, light and dark, that all pages share.
const BASE: &str = include_str!("base.css");
/// The page may run what stands in it and load nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/// What every page begins with.
pub const BEGIN: &str = "<!doctype html>";

/// What a page is made of.
pub(super) struct Page<'a> {
    /// Its heading, as text.
    pub(super) title: &'a str,
    /// Its own style.
    pub(super) style: &'a str,
    /// What stands below the heading, as HTML.
    pub(super) body: &'a str,
    /// Its script.
    pub(super) script: &'a str,
}

impl Page<'_> {
    pub(super) fn html(&self) -> String {
        let title = escaped(self.title);
        let Page { style, body, script, .. } = self;
        format!(
            "{BEGIN}\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{title}</title>\n<style>\n{BASE}{style}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
             {body}</main>\n<script>\n{script}</script>\n</body>\n</html>\n"
        )
    }
}
