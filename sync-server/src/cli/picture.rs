//! A text as a picture that a phone's camera reads, drawn on the terminal.

use qrcode::render::unicode;
use qrcode::{EcLevel, QrCode};

/// The picture of `text`, a few hundred characters; `None` when it does not fit into one.
pub(super) fn of(text: &str) -> Option<QrCode> {
    QrCode::with_error_correction_level(text, EcLevel::M).ok()
}

/// Light modules drawn, dark ones left out: right on a dark terminal, and cameras read both.
pub(super) fn drawn(picture: &QrCode) -> String {
    picture
        .render::<unicode::Dense1x2>()
        .dark_color(unicode::Dense1x2::Light)
        .light_color(unicode::Dense1x2::Dark)
        .build()
}
