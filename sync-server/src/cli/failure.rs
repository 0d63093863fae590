//! Why a command ended without doing what was asked: a stable code, a sentence in the person's
//! language, and the details as the program knows them.

use std::error::Error;
use std::io::Write;

use super::{Exit, Language};

/// Codes a person at the command line meets, what to do about them, and whether nothing could be read
/// or written (exit code 3) rather than something was refused (exit code 1).
const FAILURES: &[(&str, &str, Exit)] = &[
    ("court_exists", "该目录已有法院数据,未作改动。", Exit::Refused),
    ("data_directory", "数据目录或文件无法读写,请检查路径和权限。", Exit::Unavailable),
    ("store_newer", "数据库由更新版本的程序写入,请升级程序。", Exit::Refused),
    ("store_damaged", "数据库内容损坏,请用备份恢复。", Exit::Unavailable),
    ("store_full", "磁盘已满,请清理后重试;未作改动。", Exit::Unavailable),
    ("store_busy", "数据库正被占用,请稍后重试;未作改动。", Exit::Unavailable),
    ("store_failed", "数据库无法打开或读写,请检查数据目录。", Exit::Unavailable),
    ("log_damaged", "记录日志损坏,请用备份恢复。", Exit::Unavailable),
    (
        "court_unfinished",
        "该目录有密钥但没有法院数据,上次建立未完成;请清空目录后重新建立。",
        Exit::Refused,
    ),
    ("key_file", "密钥文件无法读写,请检查路径和权限。", Exit::Unavailable),
    ("key_file_exposed", "密钥文件可被他人读取,请改为仅本人可读(chmod 600)。", Exit::Refused),
    ("key_file_missing", "缺少密钥文件,请从备份取回;未作改动。", Exit::Unavailable),
    ("key_file_truncated", "密钥文件不完整,请从备份取回;未作改动。", Exit::Refused),
    ("key_file_not_a_key", "密钥文件里不是密钥,请从备份取回;未作改动。", Exit::Refused),
    (
        "key_file_not_encrypted",
        "密钥文件未加密,请先用 key passphrase 加上口令;未作改动。",
        Exit::Refused,
    ),
    ("key_file_encryption", "密钥文件的加密方式或强度不符合要求;未作改动。", Exit::Refused),
    ("key_file_swapped", "密钥与本院该用途的证书不符,可能放错了文件;未作改动。", Exit::Refused),
    ("passphrase_wrong", "口令不对,或密钥文件内容已损坏;未作改动。", Exit::Refused),
    (
        "passphrase_missing",
        "没有口令。无人值守时请用口令文件或系统凭据提供,或在终端上运行。",
        Exit::Refused,
    ),
    ("passphrase_file", "口令文件无法读取,请检查路径和权限。", Exit::Unavailable),
    (
        "passphrase_file_exposed",
        "口令文件可被他人读取,请改为仅本人可读(chmod 600)。",
        Exit::Refused,
    ),
    ("passphrase_form", "口令应为一行、12至256个字符。", Exit::Refused),
    ("passphrases_differ", "两次输入的口令不一致,未作改动。", Exit::Refused),
    ("passphrase_same_as_root", "根密钥须另设口令,不能与服务器密钥相同;未作改动。", Exit::Refused),
    ("passphrase_terminal", "无法从终端读取口令。", Exit::Unavailable),
    ("unknown_enrolment", "没有这个登记码,或已使用、已作废。", Exit::Refused),
    ("case_unknown", "本院没有这个案号,未导出。", Exit::Refused),
    ("export_too_large", "案件内容超过一个文件的上限,未导出。", Exit::Refused),
    ("export_no_checkpoint", "日志还没有检查点,请先启动一次服务;未导出。", Exit::Refused),
    ("files_folder", "证据原件目录无法读写,请检查路径和权限。", Exit::Unavailable),
    ("files_config", "数据目录里的 files.json 不正确,请改正后重试;未作改动。", Exit::Refused),
    ("storage_full", "存放证据原件的磁盘已满,请清理后重试。", Exit::Unavailable),
    ("storage_unavailable", "存放证据原件的磁盘或外部存储无法读写,请检查。", Exit::Unavailable),
    ("paper_template", "版式文件有误,请按提示修改;可先不带 --templates 输出。", Exit::Refused),
    ("paper_exists", "同名文书已在该目录,未覆盖;请换一个空目录再输出。", Exit::Refused),
    ("paper_too_long", "文书页数超过上限,未输出;请分案或分次记录。", Exit::Refused),
    ("restore_no_log", "数据库里没有可以继续的日志,未作改动。", Exit::Refused),
    ("backup_damaged", "备份写成后核验不符,请换一处磁盘重试。", Exit::Unavailable),
    ("approval_two_persons", "须由两名管理员或院长分别批准,未作改动。", Exit::Refused),
    ("approval_no_authority", "批准人既非管理员也非院长,未作改动。", Exit::Refused),
    ("approval_other_subject", "批准文件批准的是别的事项,未作改动。", Exit::Refused),
    ("approval_revoked", "批准人的证书已吊销,未作改动。", Exit::Refused),
    ("approval_expired", "批准人的证书已过期,未作改动。", Exit::Refused),
    ("approval_used", "批准文件已用过,须重新批准,未作改动。", Exit::Refused),
    (
        "approval_root_needed",
        "本院管理员和院长不足两人,须由根密钥保管人批准,未作改动。",
        Exit::Refused,
    ),
    ("root_needed", "更换这把密钥须由根密钥签发,请用 --root 给出根密钥文件。", Exit::Refused),
    ("not_the_root", "这不是本院的根密钥,未作改动。", Exit::Refused),
    ("key_certified", "该密钥已签发证书,一把密钥只登记一次。", Exit::Refused),
    ("private_key_form", "密钥文件不是可用的私钥。", Exit::Refused),
    ("public_key_invalid", "公钥格式不对,应为130位十六进制的P-256公钥。", Exit::Refused),
    ("person_unknown", "人员名册中没有此人,请先导入名册,或写明姓名和角色。", Exit::Refused),
    ("unknown_certificate", "没有这个证书或设备,未作改动。", Exit::Refused),
    ("wrong_certificate_kind", "此类证书不能这样处理,未作改动。", Exit::Refused),
    ("not_waiting", "该改动不在待处理之列,未作改动。", Exit::Refused),
    ("unknown_case", "本院没有该改动所属的案件,请先导入案件。", Exit::Refused),
    ("pack_outdated", "服务器上已有相同或更新的版本,未作改动。", Exit::Refused),
    ("wrong_court", "文件属于其他法院,未作改动。", Exit::Refused),
    ("field_out_of_bounds", "内容超出允许范围,未作改动。", Exit::Refused),
    ("bad_person", "人员编号只用字母、数字和_.-,1至64位;未作改动。", Exit::Refused),
    ("timestamp_no_checkpoint", "日志还没有检查点,请先启动一次服务;未作改动。", Exit::Refused),
    ("timestamp_name", "时间戳机构简称只用字母、数字和_.-,1至64位;未作改动。", Exit::Refused),
    ("timestamp_no_answer", "时间戳机构没有答复,请检查网络和程序;未作改动。", Exit::Unavailable),
    ("timestamp_unreadable", "答复不是可用的时间戳;未作改动。", Exit::Refused),
    ("timestamp_other_subject", "时间戳盖的不是本院的检查点;未作改动。", Exit::Refused),
    ("listen_failed", "无法监听该地址,请检查端口是否被占用。", Exit::Unavailable),
];

/// Says on the error stream why a command ended.
pub(super) fn fail(language: Language, code: &str, error: &dyn Error) -> Exit {
    let known = FAILURES.iter().find(|(known, _, _)| *known == code);
    let (zh, exit) = known
        .map_or(("操作未完成,未作改动。", Exit::Refused), |(_, zh, exit)| (*zh, *exit));
    let said = match language {
        Language::Zh => writeln!(std::io::stderr(), "[{code}] {zh}\n  {error}"),
        Language::En => writeln!(std::io::stderr(), "[{code}] {error}"),
    };
    // Nothing can be done if even this cannot be written.
    let _ = said;
    exit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_sentences_chinese() {
        let codes: std::collections::BTreeSet<_> =
            FAILURES.iter().map(|(code, _, _)| code).collect();
        assert_eq!(codes.len(), FAILURES.len());
        assert!(FAILURES.iter().all(|(_, zh, _)| !zh.is_ascii()));
    }
}
