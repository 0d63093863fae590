//! Manipulations by whoever runs the court: with the server's, the checkpoint's and the issuing key he writes what
//! is signed in every place. What he cannot make are the words of people: roots that authors signed, two
//! persons' approvals, the root's.

use lastmile_core::envelope::Body;
use lastmile_core::export::Edition;
use lastmile_core::export::chain::Content;
use lastmile_core::export::proof::Held;
use lastmile_core::id::EnvelopeId;
use lastmile_core::identity::test_keys::TestIdentity;
use lastmile_core::identity::{Canonical, Signed, TransitionKind};
use lastmile_core::log::tree;
use lastmile_core::sync::channel::EntryKind;
use lastmile_tests::exported::{CourtLog, Feed, Opened};

use super::{Trick, by_server, certificate, file, relogged, trick, with_author};

/// Two certificates of administrators whom the issuing key made, with keys of people who are none.
fn ghosts(log: &mut CourtLog) -> [TestIdentity; 2] {
    [("xianguifang", "ghost-1"), ("wenruotang", "ghost-2")].map(|(key, name)| {
        let like = log.court.person(key).clone();
        let ghost = certificate(&like, &log.court.issuing, |body| {
            name.clone_into(&mut body.name);
            body.person = Some(name.to_owned());
            body.roles = vec!["admin".to_owned()];
            body.serial = 900;
        });
        log.court.directory.add(ghost.certificate.clone()).unwrap();
        ghost
    })
}

fn made_by(log: &mut CourtLog, by: &[TestIdentity; 2]) {
    let kind = log.role_by("luqihang", &["admin"], &[&by[0], &by[1]]);
    log.decide(Feed::Directory, kind);
    log.checkpoint();
}

/// A log in which a member was exchanged for another after officers had signed what they saw of it.
fn forked(log: &CourtLog) -> CourtLog {
    let mut log = log.clone();
    let kind = TransitionKind::Member { person: "luqihang".into(), enter: true };
    let signed = log.transition(&log.court.server.clone(), Feed::Case, kind);
    let last = log.entries.iter().rposition(|(feed, content)| {
        *feed == Feed::Case && matches!(content, Content::Transition(_))
    });
    log.entries[last.unwrap()].1 = Content::Transition(signed);
    log
}

/// The file of `log` with its last checkpoint only.
fn last_checkpoint_only(log: &CourtLog) -> Opened {
    let mut opened = Opened::of(&file(log));
    let last = opened.proofs.checkpoints.pop().unwrap();
    opened.proofs.checkpoints = vec![last];
    opened.proofs.groups[0].checkpoint = 0;
    opened
}

/// The party edition, bent and signed again by the server.
fn party(log: &CourtLog, edit: impl Fn(&mut Content)) -> Vec<u8> {
    let mut opened = Opened::of(&log.export(Edition::Party));
    opened.case().iter_mut().for_each(|entry| edit(&mut entry.content));
    opened.sign(&log.kinds, &log.court.server)
}

pub(crate) const TRICKS: &[Trick] = &[
    trick(
        "the page replaced under another program's name",
        "server",
        "summary_not_compared",
        |log| {
            let mut opened = Opened::of(&file(log));
            opened.summary = "<html>本案从未查封任何财物。</html>".as_bytes().to_vec();
            opened.manifest.program = "lastmile 9.9".into();
            opened.seal(&log.court.server)
        },
    ),
    trick("a record hidden in a full edition", "server", "withheld_in_full", |log| {
        by_server(log, |opened| {
            let changes = opened.case().iter_mut().filter(|entry| is_change(&entry.content));
            // The unfinished record on the spot: both its changes, the last of the file.
            for entry in changes.rev().take(2) {
                entry.content = envelope(&entry.content);
            }
        })
    }),
    trick(
        "the log forked and the checkpoints between left out",
        "server and checkpoint",
        "held_checkpoint_unproven",
        |log| last_checkpoint_only(&forked(log)).sign(&log.kinds, &log.court.server),
    ),
    trick(
        "the log forked, with proofs of its own for what authors saw",
        "server and checkpoint",
        "held_checkpoint_unproven",
        |log| {
            let log = forked(log);
            let mut opened = last_checkpoint_only(&log);
            let (tree, head) = (log.tree(), log.checkpoints.last().unwrap().0);
            let sizes = log.checkpoints.iter().map(|(size, _)| *size).filter(|size| *size < head);
            let growth = |size| tree::prove_growth(size, head, &tree).unwrap();
            opened.proofs.held = sizes.map(|size| Held { size, growth: growth(size) }).collect();
            opened.sign(&log.kinds, &log.court.server)
        },
    ),
    trick(
        "a checkpoint dated before the revocation of its key",
        "checkpoint, after it was revoked",
        "checkpoint_key_revoked",
        |log| {
            relogged(log, |log| {
                let (_, last_ms) = *log.checkpoints.last().unwrap();
                log.now_ms += 60_000;
                let (certificate, reason) = (log.court.checkpoint.id, "compromised".to_owned());
                log.decide(Feed::Directory, TransitionKind::Revoke { certificate, reason });
                log.checkpoints.push((log.entries.len() as u64, last_ms + 1));
            })
        },
    ),
    trick(
        "an administrator made by two whom nobody knows",
        "server, checkpoint and issuing",
        "approval_forged",
        |log| {
            relogged(log, |log| {
                let ghosts = ghosts(log);
                made_by(log, &ghosts);
            })
        },
    ),
    trick(
        "an administrator made by two without roles",
        "server, checkpoint and issuing",
        "approval_forged",
        |log| {
            relogged(log, |log| {
                let ghosts = ghosts(log);
                for ghost in &ghosts {
                    log.publish(ghost.id);
                }
                made_by(log, &ghosts);
            })
        },
    ),
    trick(
        "an approval under a withdrawn issuing key",
        "server, checkpoint and two administrators",
        "approval_forged",
        |log| {
            relogged(log, |log| {
                let (certificate, reason) = (log.court.issuing.id, "compromised".to_owned());
                log.decide(Feed::Directory, TransitionKind::Revoke { certificate, reason });
                let officials = ["zhangyi", "liyuan"].map(|name| log.court.person(name).clone());
                made_by(log, &officials);
            })
        },
    ),
    trick(
        "an approval by somebody whose role was taken away",
        "server, checkpoint and a former administrator",
        "approval_forged",
        |log| {
            relogged(log, |log| {
                let kind = log.role_by("zhangyi", &["officer"], &[]);
                log.decide(Feed::Directory, kind);
                let officials = ["zhangyi", "liyuan"].map(|name| log.court.person(name).clone());
                made_by(log, &officials);
            })
        },
    ),
    trick("an approval used twice", "server and checkpoint", "approval_forged", |log| {
        relogged(log, |log| {
            let kind = log.role("luqihang", &["admin"], &["zhangyi", "liyuan"]);
            log.decide(Feed::Directory, kind.clone());
            let taken = log.role_by("luqihang", &["officer"], &[]);
            log.decide(Feed::Directory, taken);
            log.decide(Feed::Directory, kind);
            log.checkpoint();
        })
    }),
    trick(
        "a restore approved by the root alone",
        "server, checkpoint and root",
        "approval_forged",
        |log| {
            relogged(log, |log| {
                let root = log.court.root.clone();
                let kind = log.restore_by(&[&root]);
                log.decide(Feed::Directory, kind);
                log.checkpoint();
            })
        },
    ),
    trick("a role that nobody gave", "server, checkpoint and issuing", "role_not_given", |log| {
        let officer = log.court.person("luqihang").clone();
        let raised = certificate(&officer, &log.court.issuing, |body| {
            body.serial = 52;
            body.roles = vec!["officer".to_owned(), "president".to_owned()];
        });
        file(&with_author(log, raised, true))
    }),
    trick(
        "a record by somebody outside the case",
        "server, checkpoint and the officer",
        "not_a_member",
        |log| {
            relogged(log, |log| {
                let kind = TransitionKind::Member { person: "luqihang".into(), enter: false };
                log.decide(Feed::Case, kind);
                let _ = log.create("luqihang", "onsite");
                log.checkpoint();
            })
        },
    ),
    trick(
        "another record's envelope named as the one before",
        "server, checkpoint and the officer",
        "previous_wrong",
        |log| {
            relogged(log, |log| {
                let mut ids = log.entries.iter().filter(|(_, content)| is_change(content));
                let first = ids.find_map(|(_, content)| content.id()).map(EnvelopeId);
                let signer = std::sync::Arc::clone(&log.court.person("luqihang").signer);
                let (_, last) = log.entries.last_mut().unwrap();
                let Content::Change { body, signature, .. } = last else { panic!("a change") };
                let said = Body { previous: first, ..Body::decode(body).unwrap() };
                let signed = Signed::seal(&said, signer.as_ref()).unwrap();
                *body = signed.raw_parts().0.to_vec();
                *signature = signed.raw_parts().1.to_vec();
            })
        },
    ),
    trick("a change of a shown record withheld", "server", "withheld_in_shown", |log| {
        let seizure = super::seizure(log);
        party(log, |content| {
            if let Content::Change { body, .. } = content {
                let said = Body::decode(body).unwrap();
                if said.document == seizure && said.verb == "add_photo" {
                    *content = envelope(content);
                }
            }
        })
    }),
    trick("a withheld change without its envelope", "server", "envelope_missing", |log| {
        party(log, |content| {
            if let (Content::Envelope { reason, .. }, Some(id)) = (&*content, content.id()) {
                let reason = reason.clone();
                *content = Content::Withheld { kind: EntryKind::Change, id, reason };
            }
        })
    }),
    trick("a withheld change's envelope signed anew", "server", "change_forged", |log| {
        party(log, |content| {
            if let Content::Envelope { signature, .. } = content {
                signature[40] ^= 1;
            }
        })
    }),
    trick("a proof that a change had waited, of another", "server", "log_proof_wrong", |log| {
        let mut log = log.clone();
        let _ = log.create("luqihang", "onsite");
        let late = log.wait();
        log.entries.push(late);
        log.checkpoint();
        by_server(&log, |opened| opened.proofs.waited[0].envelope.0[0] ^= 1)
    }),
];

fn is_change(content: &Content) -> bool {
    matches!(content, Content::Change { .. })
}

fn envelope(content: &Content) -> Content {
    match content.clone() {
        Content::Change { body, signature, .. } => {
            Content::Envelope { body, signature, reason: "protected".into() }
        }
        other => other,
    }
}
