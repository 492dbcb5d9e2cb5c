//! pkiplan
