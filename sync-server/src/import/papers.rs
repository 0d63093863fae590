//! Files of papers (裁定、公告): matched by file name, addressed by hash. A case that names a file
//! which is not there is refused: the officer would leave without the ruling.

use std::collections::BTreeMap;

use lastmile_core::{
    id::BlobHash,
    pack::{case::CasePack, problem::Fault},
};

use super::{
    InputFile, Paper, hash_of,
    report::{Findings, Place},
    source::{Origin, Sources},
};

/// The files offered beside the tables.
#[derive(Debug, Default)]
pub struct Papers {
    by_name: BTreeMap<String, Offered>,
}

#[derive(Debug)]
struct Offered {
    input: usize,
    full_name: String,
    sha256: [u8; 32],
    bytes: u64,
    used: bool,
}

impl Papers {
    /// Takes a file that may belong to a paper.
    pub fn offer(&mut self, index: usize, input: &InputFile, findings: &mut Findings) {
        let name = input.name.rsplit(['/', '\\']).next().unwrap_or(&input.name).to_owned();
        let Some(sha256) = hash_of(input) else {
            findings.add(
                Place::file(&input.name),
                "",
                Fault::error(
                    "file_size_invalid",
                    "文件为空或超过20MB。",
                    "The file is empty or larger than 20 MB.",
                ),
            );
            return;
        };
        let bytes = u64::try_from(input.bytes.len()).unwrap_or(u64::MAX);
        let offered =
            Offered { input: index, full_name: input.name.clone(), sha256, bytes, used: false };
        if let Some(other) = self.by_name.insert(name, offered)
            && other.sha256 != sha256
        {
            findings.add(
                Place::file(&input.name),
                "",
                Fault::error(
                    "file_name_repeated",
                    "两个内容不同的文件同名。",
                    "Two different files have the same name.",
                ),
            );
        }
    }

    /// Completes the files of a case's papers.
    pub fn attach(
        &mut self,
        case: &mut CasePack,
        origin: &Origin,
        sources: &Sources,
        findings: &mut Findings,
    ) {
        for (index, ruling) in case.rulings.iter_mut().enumerate() {
            let Some(file) = &mut ruling.file else { continue };
            let path = format!("rulings[{index}].file");
            let mut note = |fault| sources.note(origin, &path, fault, findings);
            match self.by_name.get_mut(&file.name) {
                Some(offered) => {
                    offered.used = true;
                    let hash = BlobHash(offered.sha256).to_hex();
                    if !file.sha256.is_empty() && !file.sha256.eq_ignore_ascii_case(&hash) {
                        note(Fault::error(
                            "file_differs",
                            "文书文件与所列校验值不符。",
                            "The file does not match the SHA-256 given for it.",
                        ));
                    }
                    file.sha256 = hash;
                    file.bytes = offered.bytes;
                }
                // The server may already hold it under its hash.
                None if !file.sha256.is_empty() && file.bytes > 0 => {}
                None => {
                    note(Fault::error(
                        "file_not_given",
                        "所列文书文件没有随附。",
                        "The file named here was not given.",
                    ));
                    // Said once: a missing hash is no fault of its own.
                    ruling.file = None;
                }
            }
        }
    }

    /// Reports files that no paper names.
    pub fn report_unused(&self, findings: &mut Findings) {
        for offered in self.by_name.values().filter(|offered| !offered.used) {
            findings.add(
                Place::file(&offered.full_name),
                "",
                Fault::warning(
                    "file_unused",
                    "没有文书用到这个文件。",
                    "No paper refers to this file.",
                ),
            );
        }
    }

    /// The files that papers name.
    pub fn used(self) -> Vec<Paper> {
        self.by_name
            .into_iter()
            .filter(|(_, offered)| offered.used)
            .map(|(name, offered)| Paper { name, sha256: offered.sha256, input: offered.input })
            .collect()
    }
}
