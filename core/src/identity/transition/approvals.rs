//! Approvals within a transition: signed forms of their own (`docs/protocol/approval.cddl`), carried as bytes.

use crate::identity::approval::MAX_APPROVALS;
use crate::identity::canonical::{CanonicalError, Reader, Writer};

const APPROVAL_LEN: usize = 512;

pub(super) fn write_approvals(out: &mut Writer, approvals: &[Vec<u8>]) {
    out.array(approvals.len() as u64);
    for approval in approvals {
        out.bytes(approval);
    }
}

pub(super) fn read_approvals(input: &mut Reader<'_>) -> Result<Vec<Vec<u8>>, CanonicalError> {
    let length = input.array_up_to(MAX_APPROVALS as u64, "approvals")?;
    (0..length).map(|_| input.bytes(APPROVAL_LEN, "approvals").map(<[u8]>::to_vec)).collect()
}
