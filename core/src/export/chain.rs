//! The signed history: two chains of the court's log, entry by entry from the first, as they stand in the
//! feeds of the case and of the directory. What is withheld leaves its identity, so that the leaves
//! after it can still be computed.

use crate::id::sha256;
use crate::identity::canonical::{Canonical, CanonicalError, Reader, Writer, bound};
use crate::identity::{Certificate, Signed, Transition};
use crate::log::{Blind, Leaf};
use crate::sync::channel::{EntryKind, MAX_NAME};

/// Name of the part.
pub const CHAINS: &str = "chains.cbor";
/// Name of the part with the certificates.
pub const CERTIFICATES: &str = "certificates.cbor";
/// Most entries in one chain.
pub const MAX_ENTRIES: u64 = 1_000_000;
/// Most bytes of a part that is read whole.
pub const MAX_PART: usize = 64 * 1024 * 1024;

const MAX_CERTIFICATES: u64 = 20_000;
const REASON_LEN: usize = 32;
const SIGNATURE_LEN: usize = 64;

/// What an entry carries, as far as the file gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A change: its envelope's body, the signature, the Automerge change.
    Change {
        /// The envelope's encoded body.
        body: Vec<u8>,
        /// The author's signature.
        signature: Vec<u8>,
        /// The raw change.
        change: Vec<u8>,
    },
    /// A withheld change, of which the envelope is given: whose it is, of which record, in which order.
    Envelope {
        /// The envelope's encoded body.
        body: Vec<u8>,
        /// The author's signature.
        signature: Vec<u8>,
        /// Why the change is withheld, a code.
        reason: String,
    },
    /// A certificate, by its identity; those that are needed stand in [`CERTIFICATES`].
    Certificate([u8; 32]),
    /// A signed transition.
    Transition(Vec<u8>),
    /// A pack; `payload` is `None` when it is withheld.
    Pack {
        /// The encoded header.
        header: Vec<u8>,
        /// The server's signature.
        signature: Vec<u8>,
        /// What it says, or why that is withheld.
        payload: Result<Vec<u8>, String>,
    },
    /// Withheld, but for its identity.
    Withheld {
        /// What the entry is.
        kind: EntryKind,
        /// Identity of what it carries.
        id: [u8; 32],
        /// Why, a code.
        reason: String,
    },
}

impl Content {
    /// What kind of thing it is.
    pub fn kind(&self) -> EntryKind {
        match self {
            Self::Change { .. } | Self::Envelope { .. } => EntryKind::Change,
            Self::Certificate(_) => EntryKind::Certificate,
            Self::Transition(_) => EntryKind::Transition,
            Self::Pack { .. } => EntryKind::Pack,
            Self::Withheld { kind, .. } => *kind,
        }
    }

    /// Identity of what it carries; `None` when the bytes have not even a signed thing's form.
    pub fn id(&self) -> Option<[u8; 32]> {
        match self {
            Self::Change { body, .. } | Self::Envelope { body, .. } => Some(sha256(body)),
            Self::Pack { header, .. } => Some(sha256(header)),
            Self::Certificate(id) | Self::Withheld { id, .. } => Some(*id),
            Self::Transition(signed) => {
                Signed::<Transition>::from_bytes(signed).ok().map(|signed| signed.body_hash())
            }
        }
    }

    fn strings(&self) -> (Option<&str>, Vec<&[u8]>) {
        match self {
            Self::Change { body, signature, change } => (None, vec![body, signature, change]),
            Self::Envelope { body, signature, reason } => (Some(reason), vec![body, signature]),
            Self::Certificate(id) => (None, vec![id]),
            Self::Transition(signed) => (None, vec![signed]),
            Self::Pack { header, signature, payload: Ok(payload) } => {
                (None, vec![header, signature, payload])
            }
            Self::Pack { header, signature, payload: Err(reason) } => {
                (Some(reason), vec![header, signature])
            }
            Self::Withheld { id, reason, .. } => (Some(reason), vec![id]),
        }
    }

    fn read(
        kind: EntryKind,
        reason: Option<String>,
        mut strings: Vec<Vec<u8>>,
    ) -> Result<Self, CanonicalError> {
        const BOUND: CanonicalError = CanonicalError::Bound { field: "content" };
        let (third, second, first) = match strings.len() {
            1 => (None, None, strings.pop()),
            2 => (None, strings.pop(), strings.pop()),
            3 => (strings.pop(), strings.pop(), strings.pop()),
            _ => return Err(CanonicalError::Malformed),
        };
        let first = first.unwrap_or_default();
        let id = || <[u8; 32]>::try_from(first.as_slice()).map_err(|_| BOUND);
        let content = match (kind, reason, second, third) {
            (EntryKind::Change, None, Some(signature), Some(change)) => {
                Self::Change { body: first, signature, change }
            }
            (EntryKind::Change, Some(reason), Some(signature), None) => {
                Self::Envelope { body: first, signature, reason }
            }
            (EntryKind::Certificate, None, None, None) => Self::Certificate(id()?),
            (EntryKind::Transition, None, None, None) => Self::Transition(first),
            (EntryKind::Pack, None, Some(signature), Some(payload)) => {
                Self::Pack { header: first, signature, payload: Ok(payload) }
            }
            (EntryKind::Pack, Some(reason), Some(signature), None) => {
                Self::Pack { header: first, signature, payload: Err(reason) }
            }
            (_, Some(reason), None, None) => Self::Withheld { kind, id: id()?, reason },
            _ => return Err(CanonicalError::Malformed),
        };
        match &content {
            Self::Change { signature, .. }
            | Self::Envelope { signature, .. }
            | Self::Pack { signature, .. }
                if signature.len() != SIGNATURE_LEN =>
            {
                Err(BOUND)
            }
            _ => Ok(content),
        }
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainEntry {
    /// Where its leaf stands in the log.
    pub index: u64,
    /// What it carries.
    pub content: Content,
}

impl ChainEntry {
    /// Whether it is the first leaf of a log that continues another one: a decision to restore, which stands
    /// in its chain where it was taken, and in the log before everything that was brought over.
    pub fn opens_log(&self) -> bool {
        let Content::Transition(signed) = &self.content else { return false };
        let said = Signed::<Transition>::from_bytes(signed).ok().and_then(|one| one.claims().ok());
        self.index == 0 && said.is_some_and(|body| body.kind.code() == "restore")
    }
}

/// One chain, from its first entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// The feed.
    pub channel: String,
    /// Its blinding.
    pub blind: Blind,
    /// The entries; the first has sequence 1.
    pub entries: Vec<ChainEntry>,
}

impl Chain {
    /// The leaf hashes of all entries; `None` in the place of one that has no identity, and of all after.
    pub fn leaves(&self) -> Vec<Option<[u8; 32]>> {
        let chain = self.blind.chain(&self.channel);
        let mut previous = None;
        let mut broken = false;
        (1..)
            .zip(&self.entries)
            .map(|(sequence, entry)| {
                let id = entry.content.id().filter(|_| !broken);
                let leaf = id.map(|id| {
                    Leaf { chain, sequence, previous, kind: entry.content.kind(), id }.hash()
                });
                broken |= leaf.is_none();
                previous = leaf;
                leaf
            })
            .collect()
    }
}

/// The part [`CHAINS`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chains(pub Vec<Chain>);

impl Chains {
    /// The chain of a feed.
    pub fn of(&self, channel: &str) -> Option<&Chain> {
        self.0.iter().find(|chain| chain.channel == channel)
    }
}

impl Canonical for Chains {
    const TAG: &'static str = "lastmile-export-chains";
    const VERSION: u32 = 2;
    const FIELDS: u64 = 1;
    const MAX_LEN: usize = MAX_PART;

    fn write(&self, out: &mut Writer) {
        out.array(self.0.len() as u64);
        for chain in &self.0 {
            out.array(3);
            out.text(&chain.channel);
            out.bytes(&chain.blind.0);
            out.array(chain.entries.len() as u64);
            for entry in &chain.entries {
                let (reason, strings) = entry.content.strings();
                out.array(4);
                out.uint(entry.index);
                out.uint(u64::from(entry.content.kind().code()));
                out.optional(reason, Writer::text);
                out.array(strings.len() as u64);
                for string in strings {
                    out.bytes(string);
                }
            }
        }
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        let chains = input.array_up_to(2, "chains")?;
        let chains = (0..chains).map(|_| {
            input.array_of(3)?;
            let channel = input.text(MAX_NAME, "channel")?.to_owned();
            let blind = Blind(input.fixed("blind")?);
            let length = input.array_up_to(MAX_ENTRIES, "entries")?;
            let entries = (0..length).map(|_| read_entry(input)).collect::<Result<_, _>>()?;
            Ok(Chain { channel, blind, entries })
        });
        Ok(Self(chains.collect::<Result<_, CanonicalError>>()?))
    }

    fn check(&self) -> Result<(), CanonicalError> {
        for chain in &self.0 {
            bound::printed(&chain.channel, MAX_NAME, "channel")?;
            for entry in &chain.entries {
                bound::count(entry.index, "index")?;
                if let (Some(reason), _) = entry.content.strings() {
                    bound::code(reason, REASON_LEN, "reason")?;
                }
            }
        }
        Ok(())
    }
}

fn read_entry(input: &mut Reader<'_>) -> Result<ChainEntry, CanonicalError> {
    input.array_of(4)?;
    let index = input.uint()?;
    let kind = u8::try_from(input.uint()?).ok().and_then(EntryKind::from_code);
    let kind = kind.ok_or(CanonicalError::Bound { field: "kind" })?;
    let reason = input.optional(|input| input.text(REASON_LEN, "reason"))?.map(str::to_owned);
    let length = input.array_up_to(3, "content")?;
    let strings = (0..length)
        .map(|_| input.bytes(MAX_PART, "content").map(<[u8]>::to_vec))
        .collect::<Result<_, _>>()?;
    Ok(ChainEntry { index, content: Content::read(kind, reason, strings)? })
}

/// The part [`CERTIFICATES`]: the court's root, and every certificate that something in the file needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificates {
    /// The root, signed by itself.
    pub root: Vec<u8>,
    /// The others, each after its issuer.
    pub others: Vec<Vec<u8>>,
}

impl Canonical for Certificates {
    const TAG: &'static str = "lastmile-export-certificates";
    const VERSION: u32 = 1;
    const FIELDS: u64 = 2;
    const MAX_LEN: usize = MAX_PART;

    fn write(&self, out: &mut Writer) {
        out.bytes(&self.root);
        out.array(self.others.len() as u64);
        for certificate in &self.others {
            out.bytes(certificate);
        }
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        let max = Signed::<Certificate>::MAX_LEN;
        let root = input.bytes(max, "root")?.to_vec();
        let length = input.array_up_to(MAX_CERTIFICATES, "certificates")?;
        let others = (0..length)
            .map(|_| input.bytes(max, "certificates").map(<[u8]>::to_vec))
            .collect::<Result<_, _>>()?;
        Ok(Self { root, others })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        Ok(())
    }
}
