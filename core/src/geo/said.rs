//! A position in words, for papers and for what is read to those who sign: nobody signs `geo:22.8335,112.985`.

use super::Position;
use super::datum::Datum;

/// 北纬22.833500°、东经112.985000°（误差约12米）, in WGS-84; six decimals are a tenth of a metre.
pub fn said(position: &Position) -> String {
    let (latitude, longitude) = position.degrees_in(Datum::Wgs84);
    let side = |degrees: f64, positive, negative| if degrees < 0.0 { negative } else { positive };
    let accuracy = position.accuracy_m().map(|metres| format!("（误差约{metres:.0}米）"));
    format!(
        "{}{:.6}°、{}{:.6}°{}",
        side(latitude, "北纬", "南纬"),
        latitude.abs(),
        side(longitude, "东经", "西经"),
        longitude.abs(),
        accuracy.unwrap_or_default()
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_said_with_its_sides_and_its_accuracy() {
        let of = |text: &str| said(&text.parse().unwrap());
        assert_eq!(
            of("geo:22.833500,112.985000;crs=wgs84;u=12"),
            "北纬22.833500°、东经112.985000°（误差约12米）"
        );
        assert_eq!(of("geo:-1.5,-0.25;crs=wgs84"), "南纬1.500000°、西经0.250000°");
    }
}
