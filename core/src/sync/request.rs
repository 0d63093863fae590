//! What a phone sends: where it stands, what it has to give, what it wants to know.

use super::batch::{self, DamagedRow, SignedChange};
use super::channel::{MAX_NAME, SetHash};
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
        out.array(12);
        out.uint(1);
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
        out.into_bytes()
    }

    /// Reads a plain message.
    pub fn decode(bytes: &[u8]) -> Result<ReceivedRequest, CanonicalError> {
        let mut input = Reader::new(bytes);
        input.array_of(12)?;
        let version = input.uint()?;
        if version != 1 {
            return Err(CanonicalError::UnsupportedVersion { tag: "sync-request", version });
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
        };
        Ok(ReceivedRequest { request, changes })
    }
}
