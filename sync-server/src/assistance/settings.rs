//! How long each rung of the ladder waits and when somebody is to be there: the court's own settings, from its pack.

use lastmile_core::assistance::ladder::Settings;
use lastmile_core::pack::court::CourtPack;

use crate::publish::stored;
use crate::store::Reading;

/// The court's ladder; the usual one where the court has set none, or one that cannot be used: help does not wait
/// for a setting to be put right.
pub fn ladder(reading: &Reading<'_>, court: &str) -> Settings {
    let pack = match stored::<CourtPack>(reading, court) {
        Ok(pack) => pack.unwrap_or_default(),
        Err(error) => {
            tracing::error!(code = error.code(), "the court's settings cannot be read");
            return Settings::default();
        }
    };
    let settings = Settings::of(&pack);
    if let Err(reason) = settings.check() {
        tracing::error!(code = reason.code(), "the court's ladder is not used");
        return Settings::default();
    }
    settings
}
