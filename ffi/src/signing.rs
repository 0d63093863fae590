//! Those present: the record is read back to them, they sign or refuse, the officer finalises. What is
//! signed is the content that was read, never what it became meanwhile.

use std::sync::Arc;

use lastmile_core::document::Intent;
use lastmile_core::id::{BlobHash, Digest};
use lastmile_core::phone;
use lastmile_core::signing;

use crate::error::LastmileError;
use crate::open::{Phone, record_id};
use crate::records::SavedChange;
use crate::words::Words;
use crate::work::run;

/// A record as it is read to a person before signing, in Chinese.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ReadBack {
    /// Digest of the content: what the signature will name.
    pub content: String,
    /// Paragraphs, in the order in which they are read.
    pub lines: Vec<String>,
}

/// What a person declares by signing.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Declaration {
    /// Set, version and code: `cn/1/witness`.
    pub number: String,
    /// What is read to the person; the Chinese is recorded.
    pub words: Words,
}

/// A point of a stroke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct StrokePoint {
    /// From the left, tenths of a millimetre.
    pub x: u32,
    /// From the top, tenths of a millimetre.
    pub y: u32,
    /// Since the first point of the signature, milliseconds.
    pub ms: u32,
}

/// One stroke.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Stroke {
    /// Its points in the order they were drawn.
    pub points: Vec<StrokePoint>,
}

/// What the person did.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Hand {
    /// Signed on the glass.
    Strokes {
        /// Width of the pad, tenths of a millimetre, 1 to 10,000.
        width: u32,
        /// Height of the pad, tenths of a millimetre, 1 to 10,000.
        height: u32,
        /// 1 to 128 strokes with 4,096 points in all, within ten minutes.
        strokes: Vec<Stroke>,
    },
    /// Signed with ink on a print; the photo of it is this item, `proofs/01J...`.
    Ink {
        /// The photo.
        picture: String,
    },
    /// Stamped (盖章).
    Stamp {
        /// The photo.
        picture: String,
    },
    /// Made a fingerprint, because the person cannot write.
    Fingerprint {
        /// The photo.
        picture: String,
        /// Who saw it made.
        witness: String,
    },
    /// Refused (拒绝签名).
    Refused {
        /// Why, as the person said it.
        reason: String,
        /// Who saw it.
        seen_by: String,
    },
}

/// Somebody who signs, or refuses to.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
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
    /// Where, `geo:` text; the device's newest fix when none is given.
    pub position: Option<String>,
    /// When by the watch on the spot, RFC 3339.
    pub signed_at: String,
}

#[uniffi::export]
impl Phone {
    /// The record as it is to be read to those who sign.
    pub fn read_back(&self, record: String) -> Result<ReadBack, LastmileError> {
        let read = self.core.read_back(record_id(&record)?)?;
        Ok(ReadBack { content: read.content.to_hex(), lines: read.lines })
    }

    /// Records that somebody signed, or refused to sign, what was read back: `content` is
    /// [`ReadBack::content`]. Durable when it returns.
    ///
    /// Errors: `Refused` (`signed_other_content`: it has changed since, read it again;
    /// `signature_incomplete`).
    pub fn sign_record(
        &self,
        record: String,
        content: String,
        signatory: Signatory,
    ) -> Result<SavedChange, LastmileError> {
        let content = Digest::from_hex(&content).map_err(|_| LastmileError::input("content"))?;
        let position = signatory.position.or_else(|| self.position_text());
        let signatory = phone::Signatory {
            name: signatory.name,
            person: signatory.person,
            role: signatory.role,
            org: signatory.org,
            read_back: signatory.read_back,
            hand: hand(signatory.hand),
            position,
            signed_at: signatory.signed_at,
        };
        let saved = self.core.sign_record(record_id(&record)?, content, &signatory)?;
        Ok(self.saved(saved, None))
    }

    /// Binds a record for good (定稿). Durable when it returns; then call [`Phone::sign_pending`], for
    /// which the finalising key asks the person.
    ///
    /// Errors: `RulesBlock`; `Refused` (`open_conflicts`, `no_finalising_key`, `not_handler`...).
    pub async fn finalise(self: Arc<Self>, record: String) -> Result<SavedChange, LastmileError> {
        run(move || {
            let item = self.core.new_item();
            let intent = Intent::Finalise { finalisation: item.clone() };
            let saved = self.core.act(record_id(&record)?, &intent)?;
            Ok(self.saved(saved, Some(item)))
        })
        .await
    }

    /// The strokes behind a signature's field `stroke` as an SVG image, when they are on this phone.
    pub fn strokes_svg(&self, hash: Vec<u8>) -> Result<Option<String>, LastmileError> {
        let hash = BlobHash::try_from(hash.as_slice()).map_err(|_| LastmileError::input("hash"))?;
        Ok(self.core.strokes(hash)?.map(|strokes| strokes.svg()))
    }
}

/// What somebody declares who signs as `role`, a code of the signature's field `role`. From memory.
#[uniffi::export]
pub fn declaration(role: String) -> Option<Declaration> {
    let known = signing::declaration(&role)?;
    let words = Words { zh: known.zh.clone(), en: known.en.clone() };
    Some(Declaration { number: known.number.clone(), words })
}

fn hand(hand: Hand) -> phone::Hand {
    match hand {
        Hand::Strokes { width, height, strokes } => {
            let point =
                |point: StrokePoint| signing::Point { x: point.x, y: point.y, ms: point.ms };
            let strokes =
                strokes.into_iter().map(|stroke| stroke.points.into_iter().map(point).collect());
            let strokes = strokes.collect();
            phone::Hand::Strokes(signing::Strokes { width, height, strokes })
        }
        Hand::Ink { picture } => phone::Hand::Ink { picture },
        Hand::Stamp { picture } => phone::Hand::Stamp { picture },
        Hand::Fingerprint { picture, witness } => phone::Hand::Fingerprint { picture, witness },
        Hand::Refused { reason, seen_by } => phone::Hand::Refused { reason, seen_by },
    }
}
