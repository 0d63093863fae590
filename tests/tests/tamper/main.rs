//! Forty-odd ways to bend an export, each by somebody who holds certain keys and signs again whatever he
//! can, and the finding that names it. Honest exports pass: `exports.rs`.

mod insider;
mod vectors;

use std::collections::BTreeSet;
use std::sync::Arc;

use lastmile_core::document::{Fields, Intent};
use lastmile_core::envelope::{Body, CheckpointRef};
use lastmile_core::export::chain::{ChainEntry, Chains, Content};
use lastmile_core::export::proof::groups;
use lastmile_core::export::{Edition, Fault, Limit, photo_part};
use lastmile_core::id::{BlobHash, DocumentId, sha256};
use lastmile_core::identity::test_keys::{COURT, TestCourt, TestIdentity};
use lastmile_core::identity::{
    Canonical, Certificate, CertificateKind, Signature, Signed, Signer, TransitionKind,
};
use lastmile_core::log::tree;
use lastmile_core::log::{Blind, Leaf};
use lastmile_tests::exported::{CASE, CourtLog, Feed, Opened, container};

/// One manipulation.
struct Trick {
    name: &'static str,
    /// What the attacker can sign with.
    keys: &'static str,
    expected: &'static str,
    make: fn(&CourtLog) -> Vec<u8>,
}

const fn trick(
    name: &'static str,
    keys: &'static str,
    expected: &'static str,
    make: fn(&CourtLog) -> Vec<u8>,
) -> Trick {
    Trick { name, keys, expected, make }
}

fn file(log: &CourtLog) -> Vec<u8> {
    log.export(Edition::Full)
}

/// The file with `edit` done to it, under the manifest it had.
fn unsigned(log: &CourtLog, edit: impl FnOnce(&mut Opened)) -> Vec<u8> {
    let mut opened = Opened::of(&file(log));
    edit(&mut opened);
    opened.pack()
}

/// The file with `edit` done to it, page and manifest made anew by the court's server.
fn by_server(log: &CourtLog, edit: impl FnOnce(&mut Opened)) -> Vec<u8> {
    let mut opened = Opened::of(&file(log));
    edit(&mut opened);
    opened.sign(&log.kinds, &log.court.server)
}

/// What the server would export if `edit` had happened to its log.
fn relogged(log: &CourtLog, edit: impl FnOnce(&mut CourtLog)) -> Vec<u8> {
    let mut log = log.clone();
    edit(&mut log);
    file(&log)
}

/// One bit of the named part flipped, its container mended, the manifest as it was.
fn flip(log: &CourtLog, part: &str) -> Vec<u8> {
    let opened = Opened::of(&file(log));
    let mut parts = opened.parts();
    let found = parts.iter_mut().find(|(name, _)| name.starts_with(part)).expect("a part");
    let middle = found.1.len() / 2;
    found.1[middle] ^= 1;
    container(parts, &opened.signed)
}

/// Another body in the place of change `number`, signed by `author`.
fn rewrite(log: &CourtLog, opened: &mut Opened, number: usize, edit: impl FnOnce(&mut Body)) {
    let at = opened.change(number);
    let Content::Change { body, signature, .. } = &mut opened.case()[at].content else {
        panic!("a change")
    };
    let mut said = Body::decode(body).unwrap();
    edit(&mut said);
    let author = log.court.people.iter().find(|one| one.id == said.certificate);
    let author = author.unwrap_or(&log.court.people[0]);
    let signed = Signed::seal(&said, author.signer.as_ref()).unwrap();
    *body = signed.raw_parts().0.to_vec();
    *signature = signed.raw_parts().1.to_vec();
}

/// The same signature with the other s: r, and the group's order less s.
fn high_s(signature: &mut [u8]) {
    const ORDER: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
        0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let mut borrow = 0_i16;
    for at in (0..32).rev() {
        let digit = i16::from(ORDER[at]) - i16::from(signature[32 + at]) - borrow;
        borrow = i16::from(digit < 0);
        signature[32 + at] = digit.rem_euclid(256).to_le_bytes()[0];
    }
}

/// A certificate like `like`, changed, signed by `issuer`.
fn certificate(
    like: &TestIdentity,
    issuer: &TestIdentity,
    edit: impl FnOnce(&mut Certificate),
) -> TestIdentity {
    let mut body = like.body.clone();
    body.issuer = Some(issuer.id);
    edit(&mut body);
    let certificate = Signed::seal(&body, issuer.signer.as_ref()).unwrap();
    TestIdentity { id: body.id(), body, certificate, signer: Arc::clone(&like.signer) }
}

/// A log in which `stranger` stands in the place of a person and writes one more record.
fn with_author(log: &CourtLog, stranger: TestIdentity, published: bool) -> CourtLog {
    let mut log = log.clone();
    let person = stranger.body.person.clone().unwrap();
    log.court.directory.add(stranger.certificate.clone()).unwrap();
    if published {
        log.entries.push((Feed::Directory, Content::Certificate(stranger.id.0)));
    }
    let at = log.court.people.iter().position(|one| one.body.person.as_ref() == Some(&person));
    log.court.people[at.unwrap()] = stranger;
    let _ = log.create(&person, "onsite");
    log.checkpoint();
    log
}

/// The seizure.
fn seizure(log: &CourtLog) -> DocumentId {
    let (_, Content::Change { body, .. }) =
        log.entries.iter().find(|(_, content)| matches!(content, Content::Change { .. })).unwrap()
    else {
        panic!("a change")
    };
    Body::decode(body).unwrap().document
}

/// Proves whatever entries are left anew. He has no checkpoint key, so that the tree stays as it is.
fn cover_again(log: &CourtLog, opened: &mut Opened) {
    let head = opened.proofs.checkpoints.len() as u64 - 1;
    let (size, tree) = (opened.manifest.checkpoint.size, log.tree());
    let prove = |places: &[u64]| tree::prove(places, size, &tree);
    opened.proofs.groups = groups(&opened.chains, head, prove).unwrap();
}

const TRICKS: &[Trick] = &[
    // Without any key.
    trick("one bit of the page flipped", "none", "part_changed", |log| flip(log, "summary")),
    trick("one bit of the certificates flipped", "none", "part_changed", |log| {
        flip(log, "certificates")
    }),
    trick("one bit of the history flipped", "none", "part_changed", |log| flip(log, "chains")),
    trick("one bit of the proofs flipped", "none", "part_changed", |log| flip(log, "proofs")),
    trick("one bit of a photo flipped", "none", "photo_changed", |log| flip(log, "photos/")),
    trick("one bit of the manifest flipped", "none", "manifest_forged", |log| {
        let opened = Opened::of(&file(log));
        let mut signed = opened.signed.clone();
        *signed.last_mut().unwrap() ^= 1;
        container(opened.parts(), &signed)
    }),
    trick("bytes after the end", "none", "container_end", |log| {
        [file(log), b"more".to_vec()].concat()
    }),
    trick("the end cut off", "none", "container_end", |log| {
        let mut file = file(log);
        file.truncate(file.len() - 9);
        file
    }),
    trick("one bit flipped without mending the container", "none", "container_checksum", |log| {
        let mut file = file(log);
        file[200] ^= 1;
        file
    }),
    trick("compressed, as another tool would pack it", "none", "container_header", |log| {
        let mut file = file(log);
        file[8] = 8;
        file
    }),
    trick("an unlisted part", "none", "part_extra", |log| {
        let opened = Opened::of(&file(log));
        let mut parts = opened.parts();
        parts.push(("photos/extra".into(), b"x".to_vec()));
        container(parts, &opened.signed)
    }),
    trick("a second manifest under another name", "none", "part_extra", |log| {
        let opened = Opened::of(&file(log));
        let mut parts = opened.parts();
        parts.push(("manifest2.cbor".into(), opened.signed.clone()));
        container(parts, &opened.signed)
    }),
    trick("the page taken out", "none", "part_missing", |log| {
        let opened = Opened::of(&file(log));
        container(opened.parts().split_off(1), &opened.signed)
    }),
    trick("a photo taken out", "none", "photo_missing", |log| {
        unsigned(log, |opened| opened.photos.clear())
    }),
    trick("parts in another order", "none", "part_changed", |log| {
        let opened = Opened::of(&file(log));
        let mut parts = opened.parts();
        parts.swap(1, 2);
        container(parts, &opened.signed)
    }),
    // With the server's key: he signs page and manifest again.
    trick("the page replaced", "server", "summary_replaced", |log| {
        let mut opened = Opened::of(&file(log));
        let page = String::from_utf8(opened.summary).unwrap().replace("数控车床", "旧车床");
        opened.summary = page.into_bytes();
        opened.seal(&log.court.server)
    }),
    trick("a photo replaced under its name", "server", "photo_changed", |log| {
        by_server(log, |opened| opened.photos[0].1 = b"another picture".to_vec())
    }),
    trick("a photo swapped for another", "server", "photo_missing", |log| {
        by_server(log, |opened| {
            let other = b"another picture".to_vec();
            let name = photo_part(BlobHash(sha256(&other)));
            opened.photos[0] = (name, other);
        })
    }),
    trick("a photo that no record names", "server", "photo_unreferenced", |log| {
        by_server(log, |opened| {
            opened.photos.push(("photos/00ff".into(), b"planted".to_vec()));
        })
    }),
    trick("a change removed", "server", "log_proof_wrong", |log| {
        by_server(log, |opened| {
            let at = opened.change(1);
            opened.case().remove(at);
            cover_again(log, opened);
        })
    }),
    trick("the last change removed, under the old proof", "server", "log_proof_wrong", |log| {
        by_server(log, |opened| {
            opened.case().pop();
            opened.proofs.groups[0].ranges[0].last -= 1;
        })
    }),
    trick("the last change left without proof", "server", "proof_incomplete", |log| {
        by_server(log, |opened| opened.proofs.groups[0].ranges[0].last -= 1)
    }),
    trick("two changes swapped", "server", "log_proof_wrong", |log| {
        by_server(log, |opened| {
            let (one, two) = (opened.change(1), opened.change(2));
            let case = opened.case();
            let first = case[one].content.clone();
            case[one].content = std::mem::replace(&mut case[two].content, first);
        })
    }),
    trick("changes reordered with their places", "server", "chain_order", |log| {
        by_server(log, |opened| {
            let (one, two) = (opened.change(1), opened.change(2));
            opened.case().swap(one, two);
        })
    }),
    trick("a change twice", "server", "change_duplicated", |log| {
        by_server(log, |opened| {
            let at = opened.change(1);
            let again = opened.case()[at].clone();
            opened.case().push(ChainEntry { index: 999, ..again });
        })
    }),
    trick("entries renumbered", "server", "log_proof_wrong", |log| {
        by_server(log, |opened| {
            for entry in opened.case() {
                entry.index += 1;
            }
        })
    }),
    trick("the content of a change replaced", "server", "change_forged", |log| {
        by_server(log, |opened| {
            let (one, two) = (opened.change(1), opened.change(2));
            let Content::Change { change: other, .. } = opened.case()[two].content.clone() else {
                panic!("a change")
            };
            if let Content::Change { change, .. } = &mut opened.case()[one].content {
                *change = other;
            }
        })
    }),
    trick("a signature with the high s", "server", "change_forged", |log| {
        by_server(log, |opened| {
            let at = opened.change(0);
            if let Content::Change { signature, .. } = &mut opened.case()[at].content {
                high_s(signature);
            }
        })
    }),
    trick(
        "a change of another author's signature",
        "server and one officer",
        "change_forged",
        |log| {
            by_server(log, |opened| {
                let other = log.court.person("wenruotang").id;
                rewrite(log, opened, 0, |body| body.verb = "create".into());
                let at = opened.change(0);
                if let Content::Change { body, .. } = &mut opened.case()[at].content {
                    let mut said = Body::decode(body).unwrap();
                    said.certificate = other;
                    *body = said.encode();
                }
            })
        },
    ),
    trick(
        "a device time changed by its author later",
        "server and the author",
        "log_proof_wrong",
        |log| {
            by_server(log, |opened| {
                rewrite(log, opened, 0, |body| body.device_ms -= 86_400_000);
            })
        },
    ),
    trick("a member's entry removed from the case", "server", "log_proof_wrong", |log| {
        by_server(log, |opened| {
            opened.case().remove(0);
            cover_again(log, opened);
        })
    }),
    trick("a role removed from the directory", "server", "log_proof_wrong", |log| {
        by_server(log, |opened| {
            let at = opened.directory().len() - 2;
            opened.directory().remove(at);
            cover_again(log, opened);
        })
    }),
    trick("a revocation withheld", "server", "transition_withheld", |log| {
        by_server(log, |opened| {
            let last = opened.directory().last_mut().unwrap();
            let id = last.content.id().unwrap();
            last.content = Content::Withheld {
                kind: lastmile_core::sync::channel::EntryKind::Transition,
                id,
                reason: "protected".into(),
            };
        })
    }),
    trick("the directory left out", "server", "chain_missing", |log| {
        by_server(log, |opened| {
            opened.chains.0.pop();
            opened.proofs.groups[0].ranges.pop();
        })
    }),
    trick("the author's certificate left out", "server", "certificate_unknown", |log| {
        by_server(log, |opened| opened.drop_certificate(log.court.person("luqihang").id))
    }),
    trick("a withheld change swapped for another", "server", "log_proof_wrong", |log| {
        let mut opened = Opened::of(&log.export(Edition::Party));
        let withheld = |entry: &&mut ChainEntry| matches!(entry.content, Content::Envelope { .. });
        let mut withheld = opened.case().iter_mut().filter(withheld);
        let (one, two) = (withheld.next().unwrap(), withheld.next().unwrap());
        std::mem::swap(&mut one.content, &mut two.content);
        opened.sign(&log.kinds, &log.court.server)
    }),
    trick("a withheld pack's header changed", "server", "log_proof_wrong", |log| {
        let mut opened = Opened::of(&log.export(Edition::Party));
        for entry in opened.case() {
            if let Content::Pack { header, signature, .. } = &mut entry.content {
                let said = lastmile_core::pack::signed::PackHeader::decode(header).unwrap();
                let other = lastmile_core::pack::signed::PackHeader { version: 7, ..said };
                let signed = Signed::seal(&other, log.court.server.signer.as_ref()).unwrap();
                *header = signed.raw_parts().0.to_vec();
                *signature = signed.raw_parts().1.to_vec();
            }
        }
        opened.sign(&log.kinds, &log.court.server)
    }),
    trick("a pack's content replaced", "server", "pack_forged", |log| {
        by_server(log, |opened| {
            for entry in opened.case() {
                if let Content::Pack { payload: Ok(payload), .. } = &mut entry.content {
                    payload.push(b' ');
                }
            }
        })
    }),
    trick("the proof shortened", "server", "log_proof_wrong", |log| {
        by_server(log, |opened| {
            opened.proofs.groups[0].proof.pop();
        })
    }),
    trick("a leaf of another case in the chain", "server", "log_proof_wrong", |log| {
        by_server(log, |opened| {
            let foreign = log.chain(Feed::Foreign).entries[0].clone();
            let at = opened.case().iter().position(|entry| entry.index > foreign.index).unwrap();
            opened.case().insert(at, foreign);
            cover_again(log, opened);
        })
    }),
    trick("the chain under another blind", "server", "log_proof_wrong", |log| {
        by_server(log, |opened| opened.chains.0[0].blind = Blind([1; 16]))
    }),
    trick("a file of one case labelled as another", "server", "chain_missing", |log| {
        by_server(log, |opened| opened.manifest.case_no = "(2026)粤0605执1102号".into())
    }),
    trick("the manifest names another checkpoint", "server", "manifest_checkpoint", |log| {
        by_server(log, |opened| {
            opened.manifest.checkpoint = CheckpointRef { size: 4, root: [4; 32] };
        })
    }),
    // Signed by somebody who may not.
    trick(
        "the manifest signed by another court's server",
        "another court's server",
        "manifest_signer",
        |log| {
            let other = TestCourt::named("粤0606", &[]);
            Opened::of(&file(log)).sign(&log.kinds, &other.server)
        },
    ),
    trick("the manifest signed by the checkpoint key", "checkpoint", "manifest_signer", |log| {
        Opened::of(&file(log)).sign(&log.kinds, &log.court.checkpoint)
    }),
    trick(
        "the manifest signed by a revoked person",
        "a revoked officer",
        "manifest_signer_revoked",
        |log| Opened::of(&file(log)).sign(&log.kinds, log.court.person("wenruotang")),
    ),
    trick("the manifest dated after its certificate", "server", "manifest_signer_expired", |log| {
        by_server(log, |opened| opened.manifest.made_at_ms = 2_000_000_000_000)
    }),
    trick("another court's root", "a whole court of his own", "root_not_pinned", |log| {
        let mut log = log.clone();
        log.court = {
            let mut other = log.court.clone();
            let mut body = other.root.body.clone();
            body.serial = 99;
            let signed = Signed::seal(&body, other.root.signer.as_ref()).unwrap();
            let root = TestIdentity { id: body.id(), body, certificate: signed, ..other.root };
            other.root = root;
            other
        };
        by_server(&log.clone(), |opened| {
            opened.certificates.root = log.court.root.certificate.to_bytes();
        })
    }),
    trick("labelled as another court's", "server", "wrong_court", |log| {
        by_server(log, |opened| opened.manifest.court = "粤0606".into())
    }),
    trick("a certificate of another court added", "another court", "wrong_court", |log| {
        by_server(log, |opened| {
            let other = TestCourt::named("粤0606", &[]);
            opened.certificates.others.push(other.issuing.certificate.to_bytes());
        })
    }),
    trick(
        "a certificate signed by a person",
        "server and one officer",
        "certificate_forged",
        |log| {
            by_server(log, |opened| {
                let officer = log.court.person("luqihang");
                let forged = certificate(officer, officer, |body| body.serial = 77);
                opened.certificates.others.push(forged.certificate.to_bytes());
            })
        },
    ),
    // With the keys of the log: what he makes is a log of its own.
    trick("the log forked", "server and checkpoint", "log_forked", |log| {
        // What luqihang wrote names the checkpoints he held; one of them is of another log.
        relogged(log, |log| {
            let at = log.entries.iter().position(|(feed, _)| *feed == Feed::Foreign).unwrap();
            log.entries[at].1 = match &log.entries[at].1 {
                Content::Withheld { kind, reason, .. } => {
                    Content::Withheld { kind: *kind, id: [66; 32], reason: reason.clone() }
                }
                other => other.clone(),
            };
        })
    }),
    trick("two histories under two checkpoints", "server and checkpoint", "log_forked", |log| {
        by_server(log, |opened| {
            let mut other = log.clone();
            other.entries[0].1 = Content::Certificate([9; 32]);
            let (size, at_ms) = other.checkpoints[1];
            opened.proofs.checkpoints[1].note = other.note(&log.court.checkpoint, size, at_ms);
        })
    }),
    trick("the log truncated", "server and checkpoint", "checkpoint_stale", |log| {
        relogged(log, |log| {
            // All but the first checkpoint disappear; what was written later names them.
            let keep: Vec<_> = log.checkpoints.drain(..1).collect();
            log.entries.retain(|(feed, _)| *feed == Feed::Case);
            log.checkpoints = keep;
            log.checkpoints[0].0 = log.entries.len() as u64;
        })
    }),
    trick("a checkpoint signed by the server's key", "server", "checkpoint_forged", |log| {
        by_server(log, |opened| {
            let (size, at_ms) = *log.checkpoints.last().unwrap();
            let last = opened.proofs.checkpoints.last_mut().unwrap();
            last.note = log.note(&log.court.server, size, at_ms);
        })
    }),
    trick(
        "checkpoints with falling times",
        "server and checkpoint",
        "checkpoint_time_falls",
        |log| relogged(log, |log| log.checkpoints[2].1 -= 10 * 60_000),
    ),
    trick(
        "a checkpoint key used after its revocation",
        "server and checkpoint",
        "checkpoint_key_revoked",
        |log| {
            relogged(log, |log| {
                let certificate = log.court.checkpoint.id;
                let reason = "compromised".to_owned();
                log.decide(Feed::Directory, TransitionKind::Revoke { certificate, reason });
                log.checkpoint();
            })
        },
    ),
    // With keys of people; the court's server takes what it is given.
    trick("back-dated work with a stolen key", "a revoked officer", "revoked_author", |log| {
        relogged(log, |log| {
            let now = log.now_ms;
            log.now_ms -= 3 * 86_400_000;
            let document = log.create("wenruotang", "onsite");
            log.set("wenruotang", document, "place", "后补");
            log.now_ms = now;
            log.checkpoint();
        })
    }),
    trick("a decision signed by an officer", "one officer", "transition_forged", |log| {
        relogged(log, |log| {
            let kind = TransitionKind::Member { person: "xianguifang".into(), enter: true };
            let signed = log.transition(&log.court.person("luqihang").clone(), Feed::Case, kind);
            log.entries.push((Feed::Case, Content::Transition(signed)));
            log.checkpoint();
        })
    }),
    trick("a decision of another feed", "server", "transition_misplaced", |log| {
        relogged(log, |log| {
            let kind = TransitionKind::Member { person: "xianguifang".into(), enter: true };
            let signed = log.transition(&log.court.server.clone(), Feed::Foreign, kind);
            log.entries.push((Feed::Case, Content::Transition(signed)));
            log.checkpoint();
        })
    }),
    trick(
        "an administrator made by one person",
        "server and one administrator",
        "approval_forged",
        |log| {
            relogged(log, |log| {
                let kind = log.role("luqihang", &["admin"], &["zhangyi", "zhangyi"]);
                log.decide(Feed::Directory, kind);
                log.checkpoint();
            })
        },
    ),
    trick("a forged approval", "server and one administrator", "approval_forged", |log| {
        relogged(log, |log| {
            let mut kind = log.role("luqihang", &["admin"], &["zhangyi", "liyuan"]);
            if let TransitionKind::Role { approvals, .. } = &mut kind {
                *approvals[1].last_mut().unwrap() ^= 1;
            }
            log.decide(Feed::Directory, kind);
            log.checkpoint();
        })
    }),
    trick(
        "an approval of something else",
        "server and one administrator",
        "approval_forged",
        |log| {
            relogged(log, |log| {
                let other = log.role("xianguifang", &["liaison"], &["zhangyi", "liyuan"]);
                let TransitionKind::Role { approvals, .. } = other else { panic!("a role") };
                let kind = TransitionKind::Role {
                    person: "luqihang".into(),
                    roles: vec!["admin".into()],
                    approvals,
                };
                log.decide(Feed::Directory, kind);
                log.checkpoint();
            })
        },
    ),
    trick("an expired certificate", "one officer", "certificate_expired", |log| {
        let officer = log.court.person("luqihang").clone();
        let expired = certificate(&officer, &log.court.issuing, |body| {
            body.serial = 50;
            body.not_after_ms = log.checkpoints[0].1 - 1;
        });
        file(&with_author(log, expired, true))
    }),
    trick(
        "a certificate that was never published",
        "server and issuing",
        "certificate_not_published",
        |log| {
            let officer = log.court.person("luqihang").clone();
            let secret = certificate(&officer, &log.court.issuing, |body| body.serial = 51);
            file(&with_author(log, secret, false))
        },
    ),
    trick(
        "a finalised record changed",
        "server, checkpoint and the officer",
        "change_refused",
        |log| {
            relogged(log, |log| {
                let document = seizure(log);
                let fields = Fields::from([("place".to_owned(), "别处".into())]);
                let intent = Intent::Set { verb: "set".into(), fields };
                log.force("luqihang", document, &intent);
                log.checkpoint();
            })
        },
    ),
    trick("a record of another case", "server, checkpoint and the officer", "other_case", |log| {
        relogged(log, |log| {
            let _ = log.create_for("luqihang", "onsite", "(2026)粤0605执1102号");
            log.checkpoint();
        })
    }),
    trick(
        "a record by somebody who may not",
        "server, checkpoint and a liaison",
        "change_refused",
        |log| {
            relogged(log, |log| {
                log.force_create("xianguifang", "seizure");
                log.checkpoint();
            })
        },
    ),
    trick(
        "one number used twice",
        "server, checkpoint and the officer",
        "sequence_reused",
        |log| {
            relogged(log, |log| {
                log.rewind();
                let _ = log.create("luqihang", "onsite");
                log.checkpoint();
            })
        },
    ),
];

/// Every manipulation.
fn all() -> impl Iterator<Item = &'static Trick> {
    TRICKS.iter().chain(insider::TRICKS)
}

/// What the verifier finds in a file, by code.
fn found(log: &CourtLog, file: &[u8]) -> BTreeSet<&'static str> {
    match log.verify(file) {
        Ok(report) => report.codes(),
        Err(code) => BTreeSet::from([code]),
    }
}

#[test]
fn every_manipulation_is_found_and_named() {
    let log = CourtLog::case();
    assert!(log.verify(&file(&log)).unwrap().proven(), "the honest one");
    let mut wrong = Vec::new();
    for trick in all() {
        let found = found(&log, &(trick.make)(&log));
        if !found.contains(trick.expected) {
            wrong.push(format!(
                "{} (keys: {}): expected {}, found {found:?}",
                trick.name, trick.keys, trick.expected
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all().count(), wrong.join("\n"));
}

/// What no file can show by itself, and every report says: that a chain ends where the log ends it.
#[test]
fn a_tail_left_out_is_not_found_and_never_promised() {
    let log = CourtLog::case();
    for case in [true, false] {
        let file = by_server(&log, |opened| {
            let chain = if case { opened.case() } else { opened.directory() };
            chain.pop();
            cover_again(&log, opened);
        });
        let report = log.verify(&file).unwrap();
        assert!(report.proven(), "{:?}", report.findings);
        assert!(report.limits.iter().any(|limit| limit.code == Limit::AfterLastEntry));
    }
}

#[test]
fn manipulations_are_many_and_told_apart() {
    let names: BTreeSet<_> = all().map(|trick| trick.name).collect();
    assert_eq!(names.len(), all().count());
    assert!(names.len() >= 40);
    let known: BTreeSet<_> = Fault::ALL.iter().map(|fault| fault.code()).collect();
    for trick in all() {
        assert!(known.contains(trick.expected) && !trick.keys.is_empty(), "{}", trick.name);
    }
}

#[test]
fn what_is_signed_is_what_is_meant() {
    // The forger's tools do what they claim, else the table above would prove nothing.
    let log = CourtLog::case();
    let (_, Content::Change { body, signature, .. }) =
        log.entries.iter().find(|(_, content)| matches!(content, Content::Change { .. })).unwrap()
    else {
        panic!("a change")
    };
    let key = log.court.person("luqihang").signer.public_key();
    let sound = Signature::from_bytes(signature).unwrap();
    assert!(key.verify(body, &sound).is_ok());
    let mut other = signature.clone();
    high_s(&mut other);
    high_s(&mut other);
    assert_eq!(&other, signature);
    assert_eq!(CertificateKind::Checkpoint, log.court.checkpoint.body.kind);
    let chains = Chains(vec![log.chain(Feed::Case)]);
    let leaves = chains.0[0].leaves();
    let first = &chains.0[0].entries[0];
    let leaf = Leaf {
        chain: chains.0[0].blind.chain(&format!("case:{CASE}")),
        sequence: 1,
        previous: None,
        kind: first.content.kind(),
        id: first.content.id().unwrap(),
    };
    assert_eq!(leaves[0], Some(leaf.hash()));
    let proof = tree::prove(&[first.index], log.entries.len() as u64, &log.tree()).unwrap();
    assert!(!proof.is_empty() && COURT == "粤0605");
}
