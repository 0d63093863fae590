//! Whether a polygon's rings cross themselves or each other. Such a polygon still answers lookups
//! (even-odd), but not as its author meant, so it is reported.

use ::geo::line_intersection::{LineIntersection, line_intersection};
use ::geo::{Coord, Line, Polygon};

/// What a search found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Crossing {
    /// Nothing.
    None,
    /// Two edges cross or run along each other.
    Found,
    /// The budget ran out first.
    Unknown,
}

struct Edge {
    line: Line<f64>,
    ring: usize,
    at: usize,
    ring_len: usize,
}

/// Looks for two edges that cross properly or overlap. Touching in a point is allowed. Compares at
/// most `budget` pairs, which it uses up; a hostile polygon would otherwise cost the square of its
/// size.
pub(super) fn find(polygon: &Polygon<f64>, budget: &mut u64) -> Crossing {
    let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
    let mut edges: Vec<Edge> = Vec::new();
    for (ring, line_string) in rings.enumerate() {
        let lines: Vec<Line<f64>> =
            line_string.lines().filter(|line| line.start != line.end).collect();
        let ring_len = lines.len();
        edges.extend(lines.into_iter().enumerate().map(|(at, line)| Edge {
            line,
            ring,
            at,
            ring_len,
        }));
    }
    edges.sort_by(|a, b| low(a.line, |c| c.x).total_cmp(&low(b.line, |c| c.x)));
    for (index, edge) in edges.iter().enumerate() {
        let east = high(edge.line, |c| c.x);
        for other in edges.iter().skip(index + 1) {
            if low(other.line, |c| c.x) > east {
                break;
            }
            let Some(left) = budget.checked_sub(1) else { return Crossing::Unknown };
            *budget = left;
            if cross(edge, other) {
                return Crossing::Found;
            }
        }
    }
    Crossing::None
}

fn cross(a: &Edge, b: &Edge) -> bool {
    let gap = a.at.abs_diff(b.at);
    if a.ring == b.ring && (gap == 1 || gap + 1 == a.ring_len) {
        return false; // neighbours share a point
    }
    if low(b.line, |c| c.y) > high(a.line, |c| c.y) || low(a.line, |c| c.y) > high(b.line, |c| c.y)
    {
        return false;
    }
    match line_intersection(a.line, b.line) {
        Some(LineIntersection::SinglePoint { is_proper, .. }) => is_proper,
        Some(LineIntersection::Collinear { intersection }) => {
            intersection.start != intersection.end
        }
        None => false,
    }
}

fn low(line: Line<f64>, axis: fn(Coord<f64>) -> f64) -> f64 {
    axis(line.start).min(axis(line.end))
}

fn high(line: Line<f64>, axis: fn(Coord<f64>) -> f64) -> f64 {
    axis(line.start).max(axis(line.end))
}

#[cfg(test)]
mod tests {
    use ::geo::{LineString, polygon};

    use super::*;

    fn judge(polygon: &Polygon<f64>) -> Crossing {
        find(polygon, &mut 1_000)
    }

    #[test]
    fn squares_holes_and_bow_ties() {
        let square =
            polygon![(x: 0.0, y: 0.0), (x: 4.0, y: 0.0), (x: 4.0, y: 4.0), (x: 0.0, y: 4.0)];
        assert_eq!(judge(&square), Crossing::None);
        let bow_tie =
            polygon![(x: 0.0, y: 0.0), (x: 4.0, y: 4.0), (x: 4.0, y: 0.0), (x: 0.0, y: 4.0)];
        assert_eq!(judge(&bow_tie), Crossing::Found);
        let hole = |x: f64| {
            let ring = LineString::from(vec![(x, 1.0), (x + 2.0, 1.0), (x + 2.0, 2.0), (x, 1.0)]);
            Polygon::new(square.exterior().clone(), vec![ring])
        };
        assert_eq!(judge(&hole(1.0)), Crossing::None);
        assert_eq!(judge(&hole(3.0)), Crossing::Found);
    }

    #[test]
    fn a_ring_that_touches_itself_in_a_point_is_allowed_but_running_back_is_not() {
        let touch = polygon![
            (x: 0.0, y: 0.0), (x: 2.0, y: 2.0), (x: 4.0, y: 0.0), (x: 4.0, y: 4.0), (x: 2.0, y: 2.0), (x: 0.0, y: 4.0)
        ];
        assert_eq!(judge(&touch), Crossing::None);
        let along = polygon![
            (x: 0.0, y: 0.0), (x: 4.0, y: 0.0), (x: 4.0, y: 1.0), (x: 3.0, y: 0.0), (x: 1.0, y: 0.0), (x: 0.0, y: 1.0)
        ];
        assert_eq!(judge(&along), Crossing::Found);
    }

    #[test]
    fn the_budget_bounds_the_work() {
        // A comb whose teeth span the whole width, closed around the outside: nothing crosses, and
        // every edge must be compared with every other.
        let teeth = (0..2_000).map(|at| (f64::from(at % 2) * 10.0, f64::from(at) * 0.001));
        let around = [(20.0, 2.0), (20.0, -1.0), (0.0, -1.0), (0.0, 0.0)];
        let teeth: Vec<(f64, f64)> = teeth.chain(around).collect();
        let comb = Polygon::new(LineString::from(teeth), vec![]);
        let mut budget = 10_000;
        assert_eq!(find(&comb, &mut budget), Crossing::Unknown);
        assert_eq!(budget, 0);
        assert_eq!(find(&comb, &mut 10_000_000), Crossing::None);
    }
}
