//! Open code words: an enumeration that keeps a code it does not know (law 10), so that an older
//! phone neither fails on a newer pack nor destroys what it says.

/// Makes an open enumeration: variants with code, Chinese and English label and further spellings
/// seen in courts' files, plus `Other`.
macro_rules! open_word {
    (
        $(#[$doc:meta])*
        $name:ident {
            $( $(#[$vdoc:meta])* $variant:ident = $code:literal, $zh:literal, $en:literal $(, [$($alias:literal),*])? ; )+
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( $(#[$vdoc])* $variant, )+
            /// A code this version does not know; empty when the pack does not say.
            Other(String),
        }

        impl $name {
            /// The codes this version knows, with their labels.
            pub const KNOWN: &'static [(&'static str, $crate::records::Label)] = &[
                $( ($code, $crate::records::Label::new($zh, $en)), )+
            ];

            /// The code written to packs.
            pub fn code(&self) -> &str {
                match self {
                    $( Self::$variant => $code, )+
                    Self::Other(code) => code,
                }
            }

            /// The word of a code.
            pub fn from_code(code: &str) -> Self {
                match code {
                    $( $code => Self::$variant, )+
                    other => Self::Other(other.to_owned()),
                }
            }

            /// Reads what people type: the code, either label, or another usual spelling.
            pub fn from_text(text: &str) -> Option<Self> {
                let text = text.trim();
                $(
                    if text.eq_ignore_ascii_case($code) || text == $zh || text.eq_ignore_ascii_case($en)
                        $( $( || text == $alias )* )?
                    {
                        return Some(Self::$variant);
                    }
                )+
                None
            }

            /// What people read, if this version knows the code.
            pub fn label(&self) -> Option<$crate::records::Label> {
                match self {
                    $( Self::$variant => Some($crate::records::Label::new($zh, $en)), )+
                    Self::Other(_) => None,
                }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::Other(String::new())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = <String as serde::Deserialize>::deserialize(deserializer)?;
                Ok(Self::from_code(&code))
            }
        }
    };
}

pub(crate) use open_word;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, unreachable_pub)]

    open_word! {
        /// A word for the test.
        Light {
            /// Stop.
            Red = "red", "红", "red", ["红灯"];
            /// Go.
            Green = "green", "绿", "green";
        }
    }

    #[test]
    fn an_unknown_code_survives_and_labels_are_read() {
        let light: Light = serde_json::from_str("\"amber\"").unwrap();
        assert_eq!(serde_json::to_string(&light).unwrap(), "\"amber\"");
        assert_eq!(light.label(), None);
        assert_eq!(Light::from_text(" 红灯 "), Some(Light::Red));
        assert_eq!(Light::from_text("GREEN"), Some(Light::Green));
        assert_eq!(Light::from_text("amber"), None);
        assert_eq!(Light::KNOWN.len(), 2);
        assert_eq!(Light::Red.label().map(|label| label.zh), Some("红"));
    }
}
