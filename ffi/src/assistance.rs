//! Calling for help: what the screen shows of a request.

use crate::open::Phone;

impl Phone {
    /// Tells the observers of requests that stand at another step than before.
    pub(crate) fn tell_assistance(&self) {}
}
