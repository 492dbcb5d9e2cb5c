//! All object identifiers that pkiplan writes or recognises.
//!
//! An invalid one does not compile.

use pkcs8::ObjectIdentifier as Oid;

// Public keys (RFC 3279, 2.3; RFC 5480, 2.1.1; RFC 8410, 3).
/// rsaEncryption
pub const RSA: Oid = Oid::new_unwrap("1.2.840.113549.1.1.1");
/// id-dsa, which is recognized to be refused by name.
pub const DSA: Oid = Oid::new_unwrap("1.2.840.10040.4.1");
/// id-ecPublicKey
pub const EC: Oid = Oid::new_unwrap("1.2.840.10045.2.1");
/// id-Ed25519: of keys and of signatures.
pub const ED25519: Oid = Oid::new_unwrap("1.3.101.112");

// Curves (RFC 5480, 2.1.1.1).
/// secp256r1
pub const P256: Oid = Oid::new_unwrap("1.2.840.10045.3.1.7");
/// secp384r1
pub const P384: Oid = Oid::new_unwrap("1.3.132.0.34");
/// secp521r1
pub const P521: Oid = Oid::new_unwrap("1.3.132.0.35");

// Signatures (RFC 5758, 3.2; RFC 4055, 3 and 5).
/// ecdsa-with-SHA256
pub const ECDSA_SHA256: Oid = Oid::new_unwrap("1.2.840.10045.4.3.2");
/// ecdsa-with-SHA384
pub const ECDSA_SHA384: Oid = Oid::new_unwrap("1.2.840.10045.4.3.3");
/// ecdsa-with-SHA512
pub const ECDSA_SHA512: Oid = Oid::new_unwrap("1.2.840.10045.4.3.4");
/// sha1WithRSAEncryption
pub const RSA_SHA1: Oid = Oid::new_unwrap("1.2.840.113549.1.1.5");
/// id-RSASSA-PSS
pub const RSA_PSS: Oid = Oid::new_unwrap("1.2.840.113549.1.1.10");
/// sha256WithRSAEncryption
pub const RSA_SHA256: Oid = Oid::new_unwrap("1.2.840.113549.1.1.11");
/// sha384WithRSAEncryption
pub const RSA_SHA384: Oid = Oid::new_unwrap("1.2.840.113549.1.1.12");
/// sha512WithRSAEncryption
pub const RSA_SHA512: Oid = Oid::new_unwrap("1.2.840.113549.1.1.13");

// Encryption with a passphrase: everything below these arcs.
/// pkcs-5 (RFC 8018, appendix C)
pub const PKCS5: Oid = Oid::new_unwrap("1.2.840.113549.1.5");
/// pkcs-12 (RFC 7292, appendix C)
pub const PKCS12: Oid = Oid::new_unwrap("1.2.840.113549.1.12");

// PKCS#12 (RFC 7292, 4) and what it is made of (RFC 2985, 5.5; RFC 5652, 4).
/// id-data
pub const DATA: Oid = Oid::new_unwrap("1.2.840.113549.1.7.1");
/// id-encryptedData
pub const ENCRYPTED_DATA: Oid = Oid::new_unwrap("1.2.840.113549.1.7.6");
/// id-PBES2 (RFC 8018, appendix C)
pub const PBES2: Oid = Oid::new_unwrap("1.2.840.113549.1.5.13");
/// pkcs-12-keyBag
pub const KEY_BAG: Oid = Oid::new_unwrap("1.2.840.113549.1.12.10.1.1");
/// pkcs-12-pkcs-8ShroudedKeyBag
pub const SHROUDED_KEY_BAG: Oid = Oid::new_unwrap("1.2.840.113549.1.12.10.1.2");
/// pkcs-12-certBag
pub const CERTIFICATE_BAG: Oid = Oid::new_unwrap("1.2.840.113549.1.12.10.1.3");
/// x509Certificate
pub const X509_CERTIFICATE: Oid = Oid::new_unwrap("1.2.840.113549.1.9.22.1");
/// pkcs-9-at-friendlyName
pub const FRIENDLY_NAME: Oid = Oid::new_unwrap("1.2.840.113549.1.9.20");
/// pkcs-9-at-localKeyId
pub const LOCAL_KEY_ID: Oid = Oid::new_unwrap("1.2.840.113549.1.9.21");
/// trustedKeyUsage of Java (sun.security.pkcs12.PKCS12KeyStore)
pub const TRUSTED_KEY_USAGE: Oid = Oid::new_unwrap("2.16.840.1.113894.746875.1.1");

// Extensions (RFC 5280, 4.2.1).
/// id-ce-subjectKeyIdentifier
pub const SUBJECT_KEY_IDENTIFIER: Oid = Oid::new_unwrap("2.5.29.14");
/// id-ce-keyUsage
pub const KEY_USAGE: Oid = Oid::new_unwrap("2.5.29.15");
/// id-ce-subjectAltName
pub const SUBJECT_ALTERNATIVE_NAME: Oid = Oid::new_unwrap("2.5.29.17");
/// id-ce-basicConstraints
pub const BASIC_CONSTRAINTS: Oid = Oid::new_unwrap("2.5.29.19");
/// id-ce-nameConstraints
pub const NAME_CONSTRAINTS: Oid = Oid::new_unwrap("2.5.29.30");
/// id-ce-cRLDistributionPoints
pub const CRL_DISTRIBUTION_POINTS: Oid = Oid::new_unwrap("2.5.29.31");
/// id-ce-certificatePolicies
pub const CERTIFICATE_POLICIES: Oid = Oid::new_unwrap("2.5.29.32");
/// id-ce-policyMappings
pub const POLICY_MAPPINGS: Oid = Oid::new_unwrap("2.5.29.33");
/// id-ce-authorityKeyIdentifier
pub const AUTHORITY_KEY_IDENTIFIER: Oid = Oid::new_unwrap("2.5.29.35");
/// id-ce-policyConstraints
pub const POLICY_CONSTRAINTS: Oid = Oid::new_unwrap("2.5.29.36");
/// id-ce-extKeyUsage
pub const EXTENDED_KEY_USAGE: Oid = Oid::new_unwrap("2.5.29.37");
/// id-ce-inhibitAnyPolicy
pub const INHIBIT_ANY_POLICY: Oid = Oid::new_unwrap("2.5.29.54");

// Attributes of names (RFC 5280, appendix A.1; RFC 4519).
/// id-at-commonName
pub const COMMON_NAME: Oid = Oid::new_unwrap("2.5.4.3");
/// id-at-serialNumber
pub const SERIAL_NUMBER: Oid = Oid::new_unwrap("2.5.4.5");
/// id-at-countryName
pub const COUNTRY: Oid = Oid::new_unwrap("2.5.4.6");
/// id-at-localityName
pub const LOCALITY: Oid = Oid::new_unwrap("2.5.4.7");
/// id-at-stateOrProvinceName
pub const PROVINCE: Oid = Oid::new_unwrap("2.5.4.8");
/// streetAddress
pub const STREET: Oid = Oid::new_unwrap("2.5.4.9");
/// id-at-organizationName
pub const ORGANIZATION: Oid = Oid::new_unwrap("2.5.4.10");
/// id-at-organizationalUnitName
pub const ORGANIZATIONAL_UNIT: Oid = Oid::new_unwrap("2.5.4.11");
/// uid
pub const USER_ID: Oid = Oid::new_unwrap("0.9.2342.19200300.100.1.1");
/// id-domainComponent
pub const DOMAIN_COMPONENT: Oid = Oid::new_unwrap("0.9.2342.19200300.100.1.25");
/// id-emailAddress
pub const EMAIL_ADDRESS: Oid = Oid::new_unwrap("1.2.840.113549.1.9.1");

// Only recognized, for what they make of a path.
/// sha-1WithRSAEncryption of ISO, which means RSA_SHA1.
pub const ISO_RSA_SHA1: Oid = Oid::new_unwrap("1.3.14.3.2.29");
/// md5WithRSAEncryption
pub const RSA_MD5: Oid = Oid::new_unwrap("1.2.840.113549.1.1.4");
/// ecdsa-with-SHA1
pub const ECDSA_SHA1: Oid = Oid::new_unwrap("1.2.840.10045.4.1");
/// id-mgf1 (RFC 8017, A.2.1)
pub const MGF1: Oid = Oid::new_unwrap("1.2.840.113549.1.1.8");
/// id-sha256
pub const SHA256: Oid = Oid::new_unwrap("2.16.840.1.101.3.4.2.1");
/// id-sha384
pub const SHA384: Oid = Oid::new_unwrap("2.16.840.1.101.3.4.2.2");
/// id-sha512
pub const SHA512: Oid = Oid::new_unwrap("2.16.840.1.101.3.4.2.3");
/// secp224r1
pub const P224: Oid = Oid::new_unwrap("1.3.132.0.33");
/// id-ml-dsa-44 (RFC 9881, 2)
pub const ML_DSA_44: Oid = Oid::new_unwrap("2.16.840.1.101.3.4.3.17");
/// id-ml-dsa-65
pub const ML_DSA_65: Oid = Oid::new_unwrap("2.16.840.1.101.3.4.3.18");
/// id-ml-dsa-87
pub const ML_DSA_87: Oid = Oid::new_unwrap("2.16.840.1.101.3.4.3.19");
/// id-pe-authorityInfoAccess (RFC 5280, 4.2.2.1)
pub const AUTHORITY_INFORMATION_ACCESS: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.1.1");
/// anyPolicy (RFC 5280, 4.2.1.4)
pub const ANY_POLICY: Oid = Oid::new_unwrap("2.5.29.32.0");
/// anyExtendedKeyUsage (RFC 5280, 4.2.1.12)
pub const ANY_USAGE: Oid = Oid::new_unwrap("2.5.29.37.0");
/// id-kp-serverAuth
pub const SERVER_AUTH: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.3.1");
/// id-kp-clientAuth
pub const CLIENT_AUTH: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.3.2");
