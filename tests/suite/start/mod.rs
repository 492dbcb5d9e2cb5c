//! What a newcomer meets first: which plan is meant, `pkiplan init`, and the next steps that commands name.

mod finding;
mod hostile;
mod init;
mod mistakes;
mod takeover;
mod told;
