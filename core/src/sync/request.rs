//! What a phone sends: where it stands, what it has to give, what it wants to know.

use super::batch::{self, DamagedRow, SignedChange};
use super::channel::{MAX_NAME, SetHash};
use crate::envelope::CheckpointRef;
use crate::id::{CertificateId, Epoch, ServerEpoch};
use crate::identity::canonical::{CanonicalError, Reader, Writer};

/// Channels one phone may follow.
pub const MAX_CHANNELS: u64 = 4_096;
/// Certificates one request may bring.
pub const MAX_CERTIFICATES: u64 = 256;
/// Fingerprints one repair may carry.
pub const MAX_FINGERPRINTS: usize = 200_000;
/// Seconds a request may be held open while there is nothing to tell.
pub const MAX_WAIT_S: u64 = 50;
/// Most checkpoints that a request hands in as evidence.
pub const MAX_EVIDENCE: u64 = 4;
/// Longest name of a log, bytes.
pub const MAX_ORIGIN: usize = 160;

/// How far a phone has read a channel, and what its own log adds up to there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Channel name.
    pub channel: String,
    /// Entries read, 0 for none.
    pub seq: u64,
    /// Set hash over the entries read, computed from the phone's own log.
    pub set: SetHash,
}

/// A phone's copy of a channel, when it differs from the server's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// Channel name.
    pub channel: String,
    /// Fresh seed of the fingerprints.
    pub seed: [u8; 8],
    /// Fingerprints of every entry the phone has of it.
    pub fingerprints: Vec<[u8; 8]>,
}

/// The newest checkpoint of the court's log that a phone has verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldLog {
    /// Name of the log.
    pub origin: String,
    /// Size and root.
    pub checkpoint: CheckpointRef,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncRequest {
    /// Court code.
    pub court: String,
    /// Whose phone asks.
    pub certificate: CertificateId,
    /// Installation that asks.
    pub epoch: Epoch,
    /// The server life that the cursors belong to.
    pub server_epoch: Option<ServerEpoch>,
    /// Bytes of changes wanted at most in the answer.
    pub max_bytes: u64,
    /// Seconds to hold the request while there is nothing to tell.
    pub wait_s: u64,
    /// After a failure: answer with what the server has of this epoch, so that nothing goes up twice.
    pub probe: bool,
    /// Where the phone stands.
    pub cursors: Vec<Cursor>,
    /// Channels to repair.
    pub repairs: Vec<Repair>,
    /// Certificates the server may not have.
    pub certificates: Vec<Vec<u8>>,
    /// Changes to give.
    pub changes: Vec<SignedChange>,
    /// Newest checkpoint held.
    pub log: Option<HeldLog>,
    /// Signed checkpoints that contradict what the server shows, at most [`MAX_EVIDENCE`].
    pub evidence: Vec<Vec<u8>>,
}

/// A request as the server reads it: rows of the batch may be damaged one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedRequest {
    /// Everything but the changes.
    pub request: SyncRequest,
    /// The changes, row by row.
    pub changes: Vec<Result<SignedChange, DamagedRow>>,
}

impl SyncRequest {
    /// The plain message.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.array(14);
        out.uint(2);
        out.text(&self.court);
        out.bytes(self.certificate.as_bytes());
        out.bytes(self.epoch.as_bytes());
        out.optional(self.server_epoch, |out, epoch| out.bytes(epoch.as_bytes()));
        out.uint(self.max_bytes);
        out.uint(self.wait_s);
        out.bool(self.probe);
        out.array(self.cursors.len() as u64);
        for cursor in &self.cursors {
            out.array(3);
            out.text(&cursor.channel);
            out.uint(cursor.seq);
            out.bytes(&cursor.set.0);
        }
        out.array(self.repairs.len() as u64);
        for repair in &self.repairs {
            out.array(3);
            out.text(&repair.channel);
            out.bytes(&repair.seed);
            out.bytes(&repair.fingerprints.concat());
        }
        out.array(self.certificates.len() as u64);
        for certificate in &self.certificates {
            out.bytes(certificate);
        }
        batch::write(&mut out, &self.changes);
        out.optional(self.log.as_ref(), |out, log| {
            out.array(3);
            out.text(&log.origin);
            out.uint(log.checkpoint.size);
            out.bytes(&log.checkpoint.root);
        });
        out.array(self.evidence.len() as u64);
        for note in &self.evidence {
            out.bytes(note);
        }
        out.into_bytes()
    }

    /// Reads a plain message.
    pub fn decode(bytes: &[u8]) -> Result<ReceivedRequest, CanonicalError> {
        let mut input = Reader::new(bytes);
        // The version first: a later one may have other fields.
        let fields = input.array()?;
        let version = input.uint()?;
        if version != 2 {
            return Err(CanonicalError::UnsupportedVersion { tag: "sync-request", version });
        }
        if fields != 14 {
            return Err(CanonicalError::Malformed);
        }
        let court = input.text(32, "court")?.to_owned();
        let certificate = CertificateId(input.fixed("certificate")?);
        let epoch = Epoch(input.fixed("epoch")?);
        let server_epoch = input.optional(|input| input.fixed("server_epoch").map(ServerEpoch))?;
        let max_bytes = input.uint()?;
        let wait_s = input.uint()?;
        let probe = input.bool()?;
        let mut cursors = Vec::new();
        for _ in 0..input.array_up_to(MAX_CHANNELS, "cursors")? {
            input.array_of(3)?;
            cursors.push(Cursor {
                channel: input.text(MAX_NAME, "channel")?.to_owned(),
                seq: input.uint()?,
                set: SetHash(input.fixed("set")?),
            });
        }
        let mut repairs = Vec::new();
        for _ in 0..input.array_up_to(MAX_CHANNELS, "repairs")? {
            input.array_of(3)?;
            let channel = input.text(MAX_NAME, "channel")?.to_owned();
            let seed = input.fixed("seed")?;
            let packed = input.bytes(8 * MAX_FINGERPRINTS, "fingerprints")?;
            let fingerprints = packed
                .chunks(8)
                .map(|print| {
                    print.try_into().map_err(|_| CanonicalError::Bound { field: "fingerprints" })
                })
                .collect::<Result<_, _>>()?;
            repairs.push(Repair { channel, seed, fingerprints });
        }
        let mut certificates = Vec::new();
        for _ in 0..input.array_up_to(MAX_CERTIFICATES, "certificates")? {
            certificates.push(input.bytes(4_096, "certificate")?.to_vec());
        }
        let changes = batch::read(&mut input, &court)?;
        let log = input.optional(|input| {
            input.array_of(3)?;
            Ok(HeldLog {
                origin: input.text(MAX_ORIGIN, "origin")?.to_owned(),
                checkpoint: CheckpointRef { size: input.uint()?, root: input.fixed("root")? },
            })
        })?;
        let mut evidence = Vec::new();
        for _ in 0..input.array_up_to(MAX_EVIDENCE, "evidence")? {
            evidence.push(input.bytes(4_096, "evidence")?.to_vec());
        }
        input.finish()?;
        let request = Self {
            court,
            certificate,
            epoch,
            server_epoch,
            max_bytes,
            wait_s: wait_s.min(MAX_WAIT_S),
            probe,
            cursors,
            repairs,
            certificates,
            changes: Vec::new(),
            log,
            evidence,
        };
        Ok(ReceivedRequest { request, changes })
    }
}
