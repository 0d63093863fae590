//! Signing by those present: read the record back, take the signature over exactly that, keep the
//! strokes. The same call countersigns a finalised record, also on another phone and without network.

use super::save::{Attached, Saved, With};
use super::{Phone, PhoneError};
use crate::document::{Fields, Intent, RecordView, Refusal};
use crate::id::{BlobHash, Digest, DocumentId};
use crate::identity::Canonical;
use crate::signing::{ReadBack, STROKES_MIME, Strokes, declaration};
use crate::value::Value;

/// Somebody who signs, or will not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signatory {
    /// Name as on papers.
    pub name: String,
    /// Party, staff or liaison id, when the person has one.
    pub person: Option<String>,
    /// In which part: a code of the signature's field `role`.
    pub role: String,
    /// For which organisation.
    pub org: Option<String>,
    /// How the record was made known: a code of the signature's field `read_back`.
    pub read_back: String,
    /// What the person did.
    pub hand: Hand,
    /// Where, as `geo:` text.
    pub position: Option<String>,
    /// When by the watch on the spot, RFC 3339.
    pub signed_at: String,
}

/// How somebody signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hand {
    /// On the glass.
    Strokes(Strokes),
    /// With ink on a print of the record; `proofs/<ulid>` is its photo.
    Ink {
        /// The photo.
        picture: String,
    },
    /// With a stamp (盖章).
    Stamp {
        /// The photo, `proofs/<ulid>`.
        picture: String,
    },
    /// By fingerprint, because the person cannot write.
    Fingerprint {
        /// The photo of the print, `proofs/<ulid>`.
        picture: String,
        /// Who saw it made.
        witness: String,
    },
    /// Not at all.
    Refused {
        /// Why, as the person said it.
        reason: String,
        /// Who saw it.
        seen_by: String,
    },
}

impl Phone {
    /// The record as it is to be read to those who sign.
    pub fn read_back(&self, id: DocumentId) -> Result<ReadBack, PhoneError> {
        Ok(self.read_back_of(&self.record_view(id)?))
    }

    /// Records the signature of `signatory` over `content`, the digest of what was read back. When the
    /// record has changed since, the answer is [`Refusal::SignedOtherContent`]: read it again. On a
    /// finalised record it is a countersignature and names the finalisation it stands under.
    pub fn sign_record(
        &self,
        id: DocumentId,
        content: Digest,
        signatory: &Signatory,
    ) -> Result<Saved, PhoneError> {
        let view = self.record_view(id)?;
        let finalisation = match view.finalised.iter().find(|done| done.content == content) {
            Some(done) => Some(format!("finalisations/{}", done.item)),
            None if view.finalised.is_empty() && view.content_digest == content => None,
            None => return Err(Refusal::SignedOtherContent.into()),
        };
        let item = self.new_item();
        let mut fields = signatory.fields()?;
        fields.insert("content".to_owned(), Value::Bytes(content.0.to_vec()));
        if let Some(finalisation) = finalisation {
            fields.insert("finalisation".to_owned(), finalisation.into());
        }
        let evidence = match &signatory.hand {
            Hand::Strokes(strokes) => Some(strokes.encode()),
            _ => None,
        };
        let evidence = evidence.as_deref().map(|bytes| Attached::Small(bytes, STROKES_MIME));
        let intent = Intent::Add { verb: "sign".to_owned(), item, fields };
        let with = With { attached: evidence, ..With::default() };
        self.save_with(Some(id), &intent, signatory.position.clone(), with)
    }

    /// The strokes behind a signature's field `stroke`, when they are on this phone.
    pub fn strokes(&self, hash: BlobHash) -> Result<Option<Strokes>, PhoneError> {
        let bytes = self.store.read::<_, PhoneError>(|tx| Ok(tx.evidence(hash)?))?;
        Ok(bytes.map(|bytes| Strokes::decode(&bytes)).transpose()?)
    }

    fn read_back_of(&self, view: &RecordView) -> ReadBack {
        let names = self.names(&view.state.case).unwrap_or_default();
        ReadBack::of(view, &|id| names.get(id).cloned())
    }
}

impl Signatory {
    /// The signature's fields, but for what is signed.
    fn fields(&self) -> Result<Fields, PhoneError> {
        let mut fields = Fields::new();
        let mut put = |name: &str, value: &str| {
            fields.insert(name.to_owned(), value.into());
        };
        put("name", &self.name);
        put("role", &self.role);
        put("read_back", &self.read_back);
        put("signed_at", &self.signed_at);
        let optional = [("person", &self.person), ("org", &self.org), ("position", &self.position)];
        for (name, value) in optional {
            if let Some(value) = value {
                put(name, value);
            }
        }
        let mode = match &self.hand {
            Hand::Strokes(_) => "sign",
            Hand::Ink { picture } => {
                put("proof", picture);
                "sign"
            }
            Hand::Stamp { picture } => {
                put("proof", picture);
                "seal"
            }
            Hand::Fingerprint { picture, witness } => {
                put("proof", picture);
                put("seen_by", witness);
                "fingerprint"
            }
            Hand::Refused { reason, seen_by } => {
                put("reason", reason);
                put("seen_by", seen_by);
                "refused"
            }
        };
        put("mode", mode);
        // Whoever refuses declares nothing.
        if let Some(words) = declaration(&self.role).filter(|_| mode != "refused") {
            put("declaration", &words.zh);
            put("declared", &words.number);
        }
        if let Hand::Strokes(strokes) = &self.hand {
            strokes.check()?;
            fields.insert("stroke".to_owned(), Value::Bytes(strokes.hash().0.to_vec()));
        }
        Ok(fields)
    }
}
