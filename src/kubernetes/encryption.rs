//! Keys that encrypt what the API server stores.

/// The providers whose keys can be made here: they take 32 bytes, and hold their keys themselves.
pub const ENCRYPTION_PROVIDERS: [&str; 3] = ["secretbox", "aescbc", "aesgcm"];

/// How many bytes a key of a provider may have, as people say it; none where so many are fine
/// (staging/src/k8s.io/apiserver/pkg/apis/apiserver/validation/validation_encryption.go).
#[must_use]
pub fn encryption_key_sizes(provider: &str, bytes: usize) -> Option<&'static str> {
    let (fits, sizes) = match provider {
        "secretbox" => (bytes == 32, "32"),
        _ => ([16, 24, 32].contains(&bytes), "16, 24 or 32"),
    };
    (!fits).then_some(sizes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_the_size_of_their_provider() {
        assert_eq!(encryption_key_sizes("secretbox", 16), Some("32"));
        assert_eq!(encryption_key_sizes("secretbox", 32), None);
        assert_eq!(encryption_key_sizes("aescbc", 16), None);
        assert_eq!(encryption_key_sizes("aesgcm", 20), Some("16, 24 or 32"));
    }
}
