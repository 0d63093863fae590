//! Hostile Automerge changes, made from honest ones: what a device with a valid key could sign. [`Mutator`] is
//! an endless, seeded source of them; [`bombs`] builds the few that ask for huge work. Headers are re-made, so that
//! nothing stops at the checksum. Knows nothing of envelopes and of what a record may hold.
//!
//! | file | subject |
//! | --- | --- |
//! | `chunk` | the format, read and written without judgement |
//! | `bombs` | small inputs, huge work |
//! | `pictures` | the same for pictures: damaged containers and EXIF |

pub mod bombs;
pub mod chunk;
pub mod pictures;

use rand::rngs::StdRng;
use rand::seq::{IndexedMutRandom, IndexedRandom};
use rand::{RngExt, SeedableRng};

use chunk::{CHANGE, COMPRESSED, Chunk, DEFLATED, DOCUMENT, Parts, numbers, signed, unsigned};

/// A changed change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutant {
    /// One whole chunk with a valid header.
    pub bytes: Vec<u8>,
    /// What was done to it, in order.
    pub steps: Vec<&'static str>,
}

/// An endless source of mutants. The same seed and corpus give the same mutants.
#[derive(Debug)]
pub struct Mutator {
    rng: StdRng,
    corpus: Vec<Chunk>,
}

impl Mutator {
    /// A source that starts from the chunks of `corpus`.
    ///
    /// # Panics
    /// If the corpus is empty or holds anything but whole chunks.
    pub fn new(seed: u64, corpus: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let corpus: Vec<Chunk> =
            corpus.into_iter().map(|bytes| Chunk::read(&bytes).expect("a whole chunk")).collect();
        assert!(!corpus.is_empty(), "nothing to mutate");
        Self { rng: StdRng::seed_from_u64(seed), corpus }
    }

    fn pick(&mut self) -> Chunk {
        let index = self.rng.random_range(0..self.corpus.len());
        self.corpus[index].clone()
    }

    /// One mutant, or nothing if the damage happened to change nothing.
    fn mutant(&mut self) -> Option<Mutant> {
        let original = self.pick();
        let mut chunk = original.clone();
        let mut steps = Vec::new();
        for _ in 0..[1, 1, 1, 2, 3].choose(&mut self.rng).copied().unwrap_or(1) {
            // Most damage worth doing keeps the parts in place; the rest is blind.
            let parts = if self.rng.random_bool(0.7) { Parts::read(&chunk.data) } else { None };
            steps.push(match parts {
                Some(mut parts) if chunk.kind == CHANGE => {
                    let step = self.change_parts(&mut parts);
                    chunk.data = parts.write();
                    step
                }
                _ => self.change_bytes(&mut chunk.data),
            });
        }
        if self.rng.random_bool(0.01) {
            chunk.kind = *[DOCUMENT, COMPRESSED, 3, 4].choose(&mut self.rng).unwrap_or(&DOCUMENT);
            steps.push("another chunk type");
        }
        (chunk != original).then(|| Mutant { bytes: chunk.seal(), steps })
    }

    /// Damages bytes without knowing what they mean.
    fn change_bytes(&mut self, data: &mut Vec<u8>) -> &'static str {
        let rng = &mut self.rng;
        if data.is_empty() {
            data.push(rng.random());
            return "a byte where there was none";
        }
        let at = rng.random_range(0..data.len());
        match rng.random_range(0..7) {
            0 => {
                data[at] ^= 1 << rng.random_range(0..8);
                "a bit flipped"
            }
            1 => {
                data[at] = rng.random();
                "a byte set"
            }
            2 => {
                data.insert(at, rng.random());
                "a byte inserted"
            }
            3 => {
                let end = data.len().min(at + rng.random_range(1..=4));
                data.drain(at..end);
                "bytes deleted"
            }
            4 => {
                let end = data.len().min(at + rng.random_range(1..=32));
                let copy = data[at..end].to_vec();
                data.splice(at..at, copy);
                "bytes repeated"
            }
            5 => {
                replace_number(rng, data);
                "a number replaced"
            }
            _ => {
                let other = self.pick().data;
                let from = self.rng.random_range(0..=other.len());
                data.truncate(at);
                data.extend(&other[from..]);
                "spliced with another"
            }
        }
    }

    /// Damages one part of a change and leaves the others in place.
    fn change_parts(&mut self, parts: &mut Parts) -> &'static str {
        match self.rng.random_range(0..16) {
            0 => self.dependencies(parts),
            1 => {
                self.change_bytes(&mut parts.actor);
                "the actor"
            }
            2 => {
                parts.sequence = near(&mut self.rng, parts.sequence);
                "the sequence number"
            }
            3 => {
                parts.start_op = near(&mut self.rng, parts.start_op);
                "the first counter"
            }
            4 => {
                parts.time = near(&mut self.rng, parts.time.cast_unsigned()).cast_signed();
                "the time"
            }
            5 => {
                let length = *[0, 1, 300, 70_000].choose(&mut self.rng).unwrap_or(&1);
                parts.message = vec![*[b'a', 0xff, 0].choose(&mut self.rng).unwrap_or(&0); length];
                "the message"
            }
            6 => self.other_actors(parts),
            7 => {
                let length = self.rng.random_range(1..400);
                parts.extra.extend((0..length).map(|_| self.rng.random::<u8>()));
                "extra bytes"
            }
            8 => self.specification(parts),
            9 => self.whole_columns(parts),
            10 => {
                let other = Parts::read(&self.pick().data).unwrap_or_default();
                parts.columns = other.columns;
                "the columns of another"
            }
            _ => self.inside_a_column(parts),
        }
    }

    fn dependencies(&mut self, parts: &mut Parts) -> &'static str {
        match (self.rng.random_range(0..3), parts.dependencies.choose_mut(&mut self.rng)) {
            (0, Some(hash)) => {
                hash[self.rng.random_range(0..32)] ^= 1;
                "a dependency altered"
            }
            (1, Some(hash)) => {
                let hash = *hash;
                parts.dependencies.push(hash);
                "a dependency repeated"
            }
            (2, Some(_)) => {
                parts.dependencies.clear();
                "no dependencies"
            }
            _ => {
                parts.dependencies.push(self.rng.random());
                "an unknown dependency"
            }
        }
    }

    fn other_actors(&mut self, parts: &mut Parts) -> &'static str {
        match (self.rng.random_range(0..3), parts.other_actors.pop()) {
            (0, Some(_)) => "another actor removed",
            (1, Some(actor)) => {
                parts.other_actors.splice(0..0, [actor.clone(), actor]);
                "another actor repeated"
            }
            (_, last) => {
                parts.other_actors.extend(last);
                parts.other_actors.push(self.rng.random::<[u8; 16]>().to_vec());
                "an unknown actor"
            }
        }
    }

    fn specification(&mut self, parts: &mut Parts) -> &'static str {
        let rng = &mut self.rng;
        let Some((specification, _)) = parts.columns.choose_mut(rng) else { return "no column" };
        match rng.random_range(0..4) {
            0 => {
                *specification ^= DEFLATED;
                "the deflate bit"
            }
            1 => {
                *specification ^= rng.random_range(1..8);
                "the column type"
            }
            2 => {
                *specification ^= rng.random_range(1_u64..16) << 4;
                "the column number"
            }
            _ => {
                *specification = extreme(rng);
                "the specification"
            }
        }
    }

    fn whole_columns(&mut self, parts: &mut Parts) -> &'static str {
        let rng = &mut self.rng;
        if parts.columns.is_empty() {
            parts.columns.push((rng.random_range(0..256), vec![rng.random(); 3]));
            return "a column where there was none";
        }
        let (one, two) =
            (rng.random_range(0..parts.columns.len()), rng.random_range(0..parts.columns.len()));
        match rng.random_range(0..4) {
            0 => {
                parts.columns.remove(one);
                "a column removed"
            }
            1 => {
                let copy = parts.columns[one].clone();
                parts.columns.insert(two, copy);
                "a column repeated"
            }
            2 => {
                parts.columns.swap(one, two);
                "columns swapped"
            }
            _ => {
                let content = parts.columns[one].1.clone();
                parts.columns[two].1 = content;
                "one column's content in another"
            }
        }
    }

    fn inside_a_column(&mut self, parts: &mut Parts) -> &'static str {
        let rng = &mut self.rng;
        let Some((_, content)) = parts.columns.choose_mut(rng) else { return "no column" };
        match rng.random_range(0..4) {
            0 => {
                // A run-length column begins with a count.
                let count = numbers(content).first().cloned().unwrap_or(0..0);
                content.splice(count, number(rng));
                "a run's length"
            }
            1 => {
                replace_number(rng, content);
                "a number in a column"
            }
            2 => {
                let end = rng.random_range(0..=content.len());
                content.extend_from_within(..end);
                "a column lengthened by its own content"
            }
            _ => self.change_bytes(content),
        }
    }
}

impl Iterator for Mutator {
    type Item = Mutant;

    fn next(&mut self) -> Option<Mutant> {
        loop {
            if let Some(mutant) = self.mutant() {
                return Some(mutant);
            }
        }
    }
}

/// Numbers at which parsers break.
fn extreme(rng: &mut StdRng) -> u64 {
    const EDGES: [u64; 14] =
        [0, 1, 2, 63, 64, 127, 128, 255, 1 << 16, 1 << 31, 1 << 32, 1 << 53, 1 << 63, u64::MAX];
    let edge = EDGES.choose(rng).copied().unwrap_or_default();
    edge.wrapping_add_signed(rng.random_range(-1..=1))
}

/// A number close to `value`, or an extreme one.
fn near(rng: &mut StdRng, value: u64) -> u64 {
    if rng.random_bool(0.5) {
        value.wrapping_add_signed(rng.random_range(-2..=2))
    } else {
        extreme(rng)
    }
}

/// One of the forms a number can be written in: signed, unsigned, or longer than needed.
fn number(rng: &mut StdRng) -> Vec<u8> {
    let mut out = Vec::new();
    let value = extreme(rng);
    match rng.random_range(0..5) {
        0 | 1 => unsigned(&mut out, value),
        2 => signed(&mut out, value.cast_signed()),
        3 => signed(&mut out, rng.random_range(-40..40)),
        _ => {
            out.extend([0x80; 11].iter().take(rng.random_range(1..12)));
            out.push(0);
        }
    }
    out
}

fn replace_number(rng: &mut StdRng, bytes: &mut Vec<u8>) {
    let place = numbers(bytes).choose(rng).cloned().unwrap_or(0..0);
    bytes.splice(place, number(rng));
}
