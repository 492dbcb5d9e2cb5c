//! What a newcomer meets first: which plan is meant, `pkiplan init`, and the next steps that commands name.

mod finding;
mod init;
mod mistakes;
mod takeover;
mod told;
