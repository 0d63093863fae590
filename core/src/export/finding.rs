//! What a verifier can find: stable codes, each with a sentence a person can act on. A finding means that
//! something in the file is not proven; a limit is what no such file can prove, or what this one does
//! not claim to.

use crate::records::Label;

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $code:literal $zh:literal $en:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = $en] $variant,)*
        }

        impl $name {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Stable code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// What to tell the person.
            pub fn sentence(self) -> Label {
                match self { $(Self::$variant => Label::new($zh, $en),)* }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.serialize_str(self.code())
            }
        }
    };
}

codes! {
    /// Something that is not proven, or proven wrong.
    Fault {
        // The file.
        ContainerEnd "container_end" "文件被截断,或末尾另有内容。" "The file is cut off, or something follows its end.";
        ContainerHeader "container_header" "文件结构与规定的唯一写法不符。" "The file's structure is not in its one allowed form.";
        ContainerName "container_name" "文件内有不允许的名称。" "A part has a name that is not allowed.";
        ContainerDuplicate "container_duplicate" "文件内有同名的两个部分。" "Two parts have the same name.";
        ContainerChecksum "container_checksum" "文件的一部分已损坏。" "A part of the file is damaged.";
        ContainerTooLarge "container_too_large" "文件超过规定的大小。" "The file is larger than the format allows.";
        PartMissing "part_missing" "清单所列的部分不在文件中。" "A part that the manifest lists is missing.";
        PartExtra "part_extra" "文件中有清单未列的部分。" "The file has a part that the manifest does not list.";
        PartChanged "part_changed" "内容与清单所记校验值不符。" "A part is not the one that the manifest lists.";
        PartMalformed "part_malformed" "内容不符合规定格式。" "A part is not in the form it must have.";
        ManifestForged "manifest_forged" "清单的签名不成立。" "The manifest's signature does not hold.";
        ManifestSigner "manifest_signer" "清单不是由本院服务器或本院人员签署。" "The manifest is not signed by a server or a person of this court.";
        ManifestSignerRevoked "manifest_signer_revoked" "签署清单的证书此前已被吊销。" "The manifest was signed with a certificate that had been revoked.";
        ManifestSignerExpired "manifest_signer_expired" "签署清单时证书不在有效期内。" "The manifest's certificate was not valid when it was signed.";
        ManifestCheckpoint "manifest_checkpoint" "清单所记日志检查点与证明不符。" "The manifest names another checkpoint than the proofs.";
        SummaryReplaced "summary_replaced" "可读摘要与已验证的内容不符。" "The readable summary does not follow from the verified contents.";
        SummaryNotCompared "summary_not_compared" "可读摘要由另一版本程序生成,与本程序所生成的不一致,无法核对:请用清单所记版本的核验程序,或只以本核验结果为准。" "The page was made by another version and differs from what this one makes: verify with the version that the manifest names, or rely on this report alone.";
        // Certificates.
        RootNotPinned "root_not_pinned" "根证书不是所核对的法院根证书。" "The root is not the court's root that was asked for.";
        RootUnsound "root_unsound" "根证书不成立。" "The root certificate is unsound.";
        WrongCourt "wrong_court" "属于另一法院。" "It belongs to another court.";
        CertificateForged "certificate_forged" "证书不是由本院签发。" "A certificate was not issued by this court.";
        CertificateUnknown "certificate_unknown" "签名所用证书不在文件中,或不能追溯到法院根证书。" "The signing certificate is not in the file or does not lead to the court's root.";
        CertificateNotPublished "certificate_not_published" "作者的证书从未在法院日志中公布。" "The author's certificate was never published in the court's log.";
        CertificateExpired "certificate_expired" "签名必定在证书有效期之外作出。" "The signature was certainly made outside the certificate's validity.";
        RevokedAuthor "revoked_author" "证书吊销之后才进入日志,且无人裁定采信。" "It entered the log after its author's certificate was revoked, and nobody admitted it.";
        RevokedSigner "revoked_signer" "服务器证书吊销之后仍以其签署。" "A server's certificate was used after it was revoked.";
        RoleNotGiven "role_not_given" "证书所列职责,法院日志中没有授予的记载。" "The certificate has a role that the court's log never gave to the person.";
        // The log.
        CheckpointForged "checkpoint_forged" "检查点不是由本院检查点密钥签署。" "A checkpoint is not signed by the court's checkpoint key.";
        CheckpointKeyRevoked "checkpoint_key_revoked" "检查点密钥此前已被吊销。" "A checkpoint was signed with a key that had been revoked.";
        CheckpointKeyExpired "checkpoint_key_expired" "签署检查点时密钥不在有效期内。" "A checkpoint's key was not valid when it was signed.";
        CheckpointStale "checkpoint_stale" "文件内的记录引用了更新的检查点,检查点已陈旧,其后内容可能被略去。" "A record in the file knew a newer checkpoint: this one is stale, and later entries may have been left out.";
        CheckpointTimeFalls "checkpoint_time_falls" "检查点的时间倒退。" "The time of checkpoints goes back.";
        HeldCheckpointUnproven "held_checkpoint_unproven" "作者签名时所持的检查点,未能证明是本日志的开头:日志可能被改写。" "That the log begins with the checkpoint which the author named is not proven: it may have been rewritten.";
        LogForked "log_forked" "法院日志出现两种历史。" "The court's log has two histories.";
        LogProofWrong "log_proof_wrong" "记录不在法院日志所证明的位置上:被改动、删除、替换或调换。" "An entry does not stand where the log proves it: changed, removed, replaced or moved.";
        ProofIncomplete "proof_incomplete" "有记录没有日志证明。" "Some entries have no proof.";
        ChainMissing "chain_missing" "缺少案件或证书目录的记录链。" "The chain of the case or of the directory is missing.";
        ChainOrder "chain_order" "记录链的顺序与日志不符。" "A chain does not stand in the log's order.";
        // What the court decided and gave out.
        TransitionForged "transition_forged" "法院决定的签名不成立。" "A decision of the court is not signed by its server.";
        TransitionMisplaced "transition_misplaced" "法院决定不属于所在的记录链。" "A decision stands in a chain it does not belong to.";
        TransitionWithheld "transition_withheld" "证书目录中的决定被略去,无法判断证书是否已被吊销。" "A decision of the directory is left out: whether certificates were revoked cannot be told.";
        ApprovalForged "approval_forged" "须经两人批准的决定未获有效批准。" "A decision that two persons must approve was not validly approved.";
        WithheldInFull "withheld_in_full" "完整版不得略去任何内容。" "A full edition may withhold nothing.";
        EnvelopeMissing "envelope_missing" "略去的内容没有留下签名信封,无法判断属于哪一份记录。" "Something withheld left no envelope: to which record it belongs cannot be told.";
        WithheldInShown "withheld_in_shown" "已提供的记录中有改动被略去。" "A change of a record that is shown is withheld.";
        PackForged "pack_forged" "案件资料的签名或内容不成立。" "A pack's signature or content does not hold.";
        // Records.
        ChangeForged "change_forged" "记录的签名不成立,或内容与所签不符。" "A change's signature does not hold, or its content is not what was signed.";
        ChangeDuplicated "change_duplicated" "同一记录出现两次。" "The same change stands in the file twice.";
        ChangeRefused "change_refused" "记录违反其规则,本不应被接受。" "A change breaks the record's rules and should never have been accepted.";
        ChangeMissing "change_missing" "记录所依据的前一记录不在文件中。" "A change was made on one that is not in the file.";
        ChangeNotJudged "change_not_judged" "记录由更新版本的应用写入,须用新版核验。" "A change was written by a newer app: verify with a newer version.";
        SequenceReused "sequence_reused" "同一设备以同一序号签了两份不同内容。" "A device signed two different things under one number.";
        NotAMember "not_a_member" "作者当时不是本案成员,且无人裁定采信。" "The author did not belong to the case at that place of the log, and nobody admitted it.";
        PreviousWrong "previous_wrong" "改动所指的前一封信封与其不属同一设备、同一记录,或次序颠倒。" "The envelope named as the one before is of another device or record, or came later.";
        OtherCase "other_case" "记录属于另一案件。" "A record belongs to another case.";
        // Photos.
        PhotoChanged "photo_changed" "照片与其校验值不符。" "A photo is not the one that its hash names.";
        PhotoMissing "photo_missing" "记录引用的照片既不在文件中,也未注明缺失。" "A photo that a record names is neither in the file nor named as absent.";
        PhotoUnreferenced "photo_unreferenced" "文件中的照片没有任何记录引用。" "The file has a photo that no record names.";
    }
}

codes! {
    /// What the file does not prove.
    Limit {
        AfterLastEntry "after_last_entry" "各记录链所列最后一条之后是否还有内容,本文件不能证明;检查点之后的记录也不在证明范围内。" "Whether anything follows the last entry shown of each chain cannot be told from the file, nor what was recorded after the checkpoint.";
        DeviceClocks "device_clocks" "手机自报的时间不能证明,只能证明其所在区间。" "What a phone's clock said is not proven, only the interval it must lie in.";
        RootFromFile "root_from_file" "法院根证书取自本文件,请与法院公布的校验值核对。" "The court's root was taken from this file: compare its hash with the printed sheet.";
        NoLowerBound "no_lower_bound" "作者未持有可证明的检查点,不能证明此记录不早于何时。" "The author held no checkpoint that is proven here: how old the change is cannot be told.";
        ServerAttests "server_attests" "法院决定由服务器证明,不是由本人设备签名。" "Decisions of the court are attested by its server, not signed on a person's own device.";
        Withheld "withheld" "有内容依规则未提供;仅证明其存在和次序。" "Some contents are withheld: only that they existed, and their place, is proven.";
        PhotosAbsent "photos_absent" "有照片不在文件中,仅有其校验值。" "Some photos are not in the file; only their hashes are.";
        CourtKey "court_key" "本人在法院控制台签名,密钥由法院服务器保管,真实性以法院服务器可信为限。" "Signed at the court's console with a key that the court's server held: as certain as that server.";
        SoftwareKey "software_key" "签名密钥保存在软件中,不能排除被复制。" "A signing key lives in software: that it was copied cannot be excluded.";
        CertificateDoubt "certificate_doubt" "设备时间在证书有效期之外,但不能证明签名当时已失效。" "The device's time lies outside the certificate's validity; that the signature does is not certain.";
        RevokedLater "revoked_later" "作者的证书后来被吊销;记录在此之前已进入日志,或已被采信。" "The author's certificate was revoked later; the record had entered the log before, or was admitted.";
        LateChanges "late_changes" "定稿之后到达的记录,不计入定稿内容。" "Changes that came late, after finalising: shown, not counted.";
        NotFinalised "not_finalised" "记录尚未定稿,仍可更改。" "The record is not finalised and may still change.";
        OpenConflict "open_conflict" "记录内有未解决的分歧。" "The record has open conflicts.";
        WithheldSigner "withheld_signer" "略去的改动由谁签署,文件未提供其证书。" "Who signed a withheld change cannot be told: the certificate is not in the file.";
        PreviousElsewhere "previous_elsewhere" "同一设备的前一次改动未进入本案记录:被退回、待处理,或曾被搁置。" "The change before it on the same device never entered the case: it was refused, waits, or was set aside.";
        StationMember "station_member" "作者属于收到该记录的派出所等单位,以法院服务器所述为准。" "The author belongs to a station that the record was sent to, by the word of the court's server.";
        LogRestored "log_restored" "法院日志曾经恢复:恢复之前的次序由两人批准的新日志证明。" "The court's log was restored: the order of what came before is proven by the new log, which two persons approved.";
        HeldBeforeRestore "held_before_restore" "作者所持的检查点属于恢复前的日志,现已无从核对。" "The checkpoint that the author held is of a log before the restore and cannot be compared any more.";
        PhoneExport "phone_export" "由手机导出,只含该手机收到的内容。" "Made by a phone: it has what that phone had received.";
    }
}

impl Fault {
    /// What a container's error means for the file.
    pub fn of_container(error: &super::container::ContainerError) -> Option<Self> {
        Self::ALL.iter().copied().find(|fault| fault.code() == error.code())
    }
}

/// Something found, and where.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Found<T> {
    /// What.
    pub code: T,
    /// Where: a part, a chain and number, a certificate, a photo.
    pub place: String,
    /// The code of the underlying cause, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart_and_every_sentence_is_in_both_languages() {
        let all: Vec<(&str, Label)> = Fault::ALL
            .iter()
            .map(|fault| (fault.code(), fault.sentence()))
            .chain(Limit::ALL.iter().map(|limit| (limit.code(), limit.sentence())))
            .collect();
        let codes: std::collections::BTreeSet<_> = all.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes.len(), all.len());
        for (code, sentence) in all {
            assert!(sentence.zh.ends_with('。') && sentence.en.ends_with('.'), "{code}");
            assert!(!sentence.zh.is_ascii() && sentence.en.is_ascii(), "{code}");
        }
    }
}
