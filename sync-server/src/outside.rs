//! News that another process wrote into the database: the command line withdraws a phone, imports a case, publishes
//! a pack, while the service holds thousands of waiting requests. One look at where every channel ends finds it and
//! wakes those who wait; none of them has to look for itself.

use std::collections::HashMap;

use crate::server::Server;
use crate::store::StoreError;

/// Where every channel ended at the last look.
#[derive(Debug, Default)]
pub struct Outside(HashMap<String, u64>);

impl Outside {
    /// Wakes whoever waits for a channel that has grown since the last look; gives how many have. The first look
    /// wakes nobody: whoever waits has looked later than the service began.
    pub fn look(&mut self, server: &Server) -> Result<usize, StoreError> {
        let first = self.0.is_empty();
        let heads = server.store().read::<_, StoreError>(|reading| reading.channel_ends())?;
        let mut grown = Vec::new();
        for (name, seq) in heads {
            if self.0.insert(name.clone(), seq) != Some(seq) && !first {
                grown.push(name);
            }
        }
        server.waiters().wake(&grown);
        Ok(grown.len())
    }
}
