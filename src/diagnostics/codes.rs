//! The macro that defines a list of codes with names, severities and explanations.

/// An enum of codes from a list of `Variant, "module::kebab-name", Severity, "explanation";`.
macro_rules! codes {
    ($(#[$what:meta])* $($variant:ident, $name:literal, $severity:ident, $explanation:literal;)*) => {
        $(#[$what])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $explanation] $variant,)* }

        impl Code {
            /// Every code.
            pub const ALL: &[Code] = &[$(Code::$variant),*];

            /// `module::kebab-name`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name),* }
            }

            /// How bad it is.
            #[must_use]
            pub fn severity(self) -> $crate::diagnostics::Severity {
                match self { $(Code::$variant => $crate::diagnostics::Severity::$severity),* }
            }

            /// What it means and what to do, for `pkiplan explain`.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self { $(Code::$variant => $explanation),* }
            }

            /// The code of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Code> {
                Code::ALL.iter().copied().find(|code| code.name() == name)
            }
        }

        impl std::fmt::Display for Code {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

pub(crate) use codes;
