//! Changes that are withheld because of who wrote them, not because of what they say: the author's
//! certificate was withdrawn. They enter all the same when somebody else's accepted change was made on
//! them: nobody's record becomes unacceptable through another person's withdrawal.

use super::Document;
use super::accept::{Candidate, accept};
use super::refusal::Verdict;
use crate::records::KindSet;

/// Which of `candidates`, all of one document, are to be judged: those that are not withheld, and
/// those that an acceptable one of the others has among its ancestors.
pub fn entering(
    kinds: &KindSet,
    before: Option<&Document>,
    candidates: &[Candidate],
    withheld: &[bool],
) -> Vec<bool> {
    let mut enter: Vec<bool> = withheld.iter().map(|withheld| !withheld).collect();
    if enter.iter().all(|enter| *enter) {
        return enter;
    }
    let trial = accept(kinds, before.cloned(), candidates);
    let Some(document) = trial.document else { return enter };
    let history = document.history();
    let others: Vec<usize> = candidates
        .iter()
        .zip(withheld)
        .zip(&trial.verdicts)
        .filter(|((_, withheld), verdict)| !**withheld && **verdict == Verdict::Accepted)
        .filter_map(|((candidate, _), _)| history.index_of(candidate.hash))
        .collect();
    for (candidate, enter) in candidates.iter().zip(&mut enter) {
        if let Some(at) = history.index_of(candidate.hash) {
            *enter |= others.iter().any(|later| history.precedes(at, *later));
        }
    }
    enter
}
