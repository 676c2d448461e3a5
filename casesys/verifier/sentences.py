"""What the verifier says, each sentence in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

SPOKEN = ("zh", "en")

SENTENCES: Mapping[str, tuple[str, str]] = {
    # -- the answer ---------------------------------------------------------------------------
    "yes": (
        "是：审计包与签名的检查点一致。",
        "YES: the bundle is what was signed.",
    ),
    "no": ("不是：{why}", "NO: {why}"),
    "no_at": (
        "不是：第{position}条不符。{why}",
        "NO: position {position} does not fit. {why}",
    ),
    "refused": ("无法核验：{why}", "NOT JUDGED: {why}"),
    # -- what was looked at -------------------------------------------------------------------
    "whole_log": (
        "整本日志{origin}：第1至{entries}条，一条不缺",
        "the whole log {origin}: entries 1 to {entries}, none missing",
    ),
    "one_case": (
        "案件{case}：{entries}条，每一条都在日志{origin}里；最后一条之后还有没有，单案审计包说不了",
        "case {case}: {entries} entries, each of them in the log {origin}; whether more followed "
        "the last, a bundle of one case cannot say",
    ),
    "checkpoints": (
        "检查点{many}个，一个接一个只增不改；最新一个到第{size}条，{made_at}（UTC）签",
        "checkpoints: {many}, each grown from the one before; the newest of {size} entries, "
        "signed at {made_at} (UTC)",
    ),
    "own_fits": (
        "您自己保存的检查点（到第{size}条）相符：从那以后，这些记录没有改过",
        "your own checkpoint of {size} entries fits: nothing in those was rewritten since",
    ),
    "no_own": (
        "没有给出自己保存的检查点（--checkpoint），所以只说明审计包前后一致，"
        "说明不了整本日志没有被换过",
        "no checkpoint of your own was given (--checkpoint): the bundle agrees with itself, "
        "which does not show that the whole log was not replaced",
    ),
    "signed_by": (
        "{name}签过，最新一次到第{size}条；钥匙{key}，由您给出",
        "signed by {name}, last at {size} entries; key {key}, which you gave",
    ),
    "signed_by_named": (
        "{name}签过，最新一次到第{size}条；钥匙{key}只是审计包里写的，"
        "请与另外得到的一份比对，再用--key给出",
        "signed by {name}, last at {size} entries; key {key} only as the bundle says: compare it "
        "with the copy that you got another way, and give that with --key",
    ),
    "signatures_unknown": (
        "您保存的检查点上另有{many}个签名，钥匙无人给出，没有核验",
        "signatures under your own checkpoints, of keys that nobody named, not checked: {many}",
    ),
    "receipts": (
        "数字凭证{many}份，{figures}个指标从记录重新算出，人人相同",
        "receipts: {many}; figures computed anew from the entries, the same members: {figures}",
    ),
    "receipt_lost": (
        "凭证{number}的文件，单位自己说丢了；指标仍已从记录重新算出",
        "the document of receipt {number} is lost, by the office's own word; its figures were "
        "computed anew all the same",
    ),
    "receipt_not_known": (
        "凭证{number}有指标没有重算：{why}",
        "receipt {number} has figures that were not computed anew: {why}",
    ),
    "rule_unknown": (
        "本程序不认识它的口径，请用新一版核验程序",
        "this program does not know their rule; ask for a newer verifier",
    ),
    "seconds": ("用时{seconds:.1f}秒", "{seconds:.1f} seconds"),
    # -- what does not fit --------------------------------------------------------------------
    "no_entry": (
        "这里没有一条完整的记录（entries.jsonl）",
        "there is no whole entry here (entries.jsonl)",
    ),
    "no_entry_in_line": (
        "entries.jsonl第{line}行不是一条完整的记录",
        "line {line} of entries.jsonl is no whole entry",
    ),
    "entry_missing": ("这一条没有了", "the entry is missing"),
    "hash_missing": (
        "leaves.txt里没有这一条的指纹",
        "leaves.txt holds no hash of this entry",
    ),
    "out_of_order": (
        "这一条重复了，或者次序不对",
        "the entry stands here twice or out of order",
    ),
    "entry_changed": (
        "这一条被改过：检查点证实的是leaves.txt里的指纹，不是它",
        "the entry was changed: the checkpoint confirms the hash in leaves.txt, and not this entry",
    ),
    "entry_or_hash_changed": (
        "这一条与leaves.txt里的指纹不同，而leaves.txt也不是检查点签过的",
        "the entry has another hash than leaves.txt says, which is not what was signed either",
    ),
    "beyond_newest": (
        "最新的检查点只到第{size}条，没有签到这一条",
        "the newest checkpoint covers {size} entries and not this one",
    ),
    "version_missing": (
        "同一对象{stream}的第{version}版应在这一条或之前",
        "version {version} of {stream} should be here or before",
    ),
    "clock_went_back": (
        "入账时间早于前一条",
        "it was entered before the one before it",
    ),
    "history_rewritten": (
        "第{first}至{last}条里有记录与签名的检查点不同；leaves.txt也一并改过，所以说不出是哪一条",
        "among entries {first} to {last} is one that was not signed so; leaves.txt was changed "
        "with it, so which one cannot be told",
    ),
    "other_log": (
        "检查点（到第{size}条）属于另一本日志：{origin}",
        "the checkpoint of {size} entries is of another log: {origin}",
    ),
    "own_is_newer": (
        "您保存的检查点已到第{size}条，审计包却没有这些：尾部被截，或者审计包比检查点旧",
        "your checkpoint covers {size} entries and the bundle fewer: its end was cut off, or it "
        "is older than your checkpoint",
    ),
    "own_not_shown": (
        "审计包没有说明日志怎样从您保存的检查点（到第{size}条）增长而来；请要整本日志的审计包",
        "the bundle does not show how the log grew from your checkpoint of {size} entries; ask for "
        "a bundle of the whole log",
    ),
    "newest_is_not": (
        "checkpoint.txt不是最新的：另有一个到第{size}条",
        "checkpoint.txt is not the newest: another covers {size} entries",
    ),
    "checkpoint_misnamed": (
        "{name}里的检查点是第{size}条的",
        "{name} holds the checkpoint of {size} entries",
    ),
    "two_histories": (
        "有两个到第{size}条的检查点互相矛盾：日志被改写过",
        "two checkpoints of {size} entries contradict each other: the log was rewritten",
    ),
    "growth_missing": (
        "缺少从第{old}条到第{new}条只增不改的证明（growth.jsonl）",
        "the proof that the log grew from {old} to {new} entries is missing (growth.jsonl)",
    ),
    "growth_wrong": (
        "从第{old}条到第{new}条不是只增不改：检查点或证明被换过",
        "the log of {new} entries did not grow from that of {old}: a checkpoint or the proof was "
        "replaced",
    ),
    "lines_left": ("{name}有多余的行", "{name} has lines too many"),
    "signature_wrong": (
        "检查点（到第{size}条）上{name}的签名是假的",
        "the signature of {name} under the checkpoint of {size} entries is false",
    ),
    "signature_of_nobody": (
        "检查点（到第{size}条）上有{name}的签名，它的钥匙既没有给出也不在keys.txt里",
        "the checkpoint of {size} entries is signed as {name}, whose key was neither given nor "
        "stands in keys.txt",
    ),
    "office_did_not_sign": (
        "检查点（到第{size}条）没有单位自己的签名，或者它的钥匙既没有给出也不在keys.txt里",
        "the checkpoint of {size} entries is not signed by the office, or its key was neither "
        "given nor stands in keys.txt",
    ),
    "given_key_did_not_sign": (
        "最新的检查点（到第{size}条）不是用您给出的钥匙{name}签的",
        "the newest checkpoint, of {size} entries, is not signed by the key {name} that you gave",
    ),
    "given_key_signed_nothing": (
        "您给出的钥匙{name}一个检查点也没有签过",
        "the key {name} that you gave signed none of the checkpoints",
    ),
    "proof_missing": (
        "缺少它在日志里的证明（proofs.jsonl）",
        "the proof that it stands in the log is missing (proofs.jsonl)",
    ),
    "not_in_log": (
        "证明不成立：签名的日志（到第{size}条）里没有这样一条",
        "the proof does not hold: the signed log of {size} entries has no such entry there",
    ),
    "other_case": (
        "这些记录不是案件{case}的",
        "these are not the entries of case {case}",
    ),
    "receipt_altered": (
        "数字凭证{number}与日志不同：{places}",
        "receipt {number} is not what the log says: {places}",
    ),
    "receipt_differs": (
        "数字凭证{number}的指标{figures}从记录重算后不同",
        "figures {figures} of receipt {number} come out otherwise from the entries",
    ),
    "receipt_uncountable": (
        "数字凭证{number}无法重算：{why}",
        "receipt {number} cannot be computed anew: {why}",
    ),
    "document_missing": (
        "数字凭证{number}的文件不在审计包里",
        "the document of receipt {number} is not in the bundle",
    ),
    "document_unknown": (
        "{name}不是日志里任何一份数字凭证的文件",
        "{name} is the document of no receipt in the log",
    ),
    # -- why nothing is answered --------------------------------------------------------------
    "python_too_old": (
        "这里的Python是{python}，请用3.11或更新的版本",
        "this is Python {python}; use 3.11 or newer",
    ),
    "no_zip": ("这不是完整的zip文件", "this is no whole zip file"),
    "no_bundle": (
        "这个zip文件不是审计包（bundle.json）",
        "this zip file is no audit bundle (bundle.json)",
    ),
    "format_is_unknown": (
        "审计包的格式是{format}，本程序不认识，请用新一版核验程序",
        "the bundle is of format {format}, which this program does not know; ask for a newer one",
    ),
    "too_many_members": ("审计包里的文件太多", "the bundle holds too many files"),
    "member_twice": ("审计包里有两个{name}", "the bundle holds {name} twice"),
    "member_unknown": (
        "审计包里有不该有的文件：{name}",
        "the bundle holds a file that does not belong in it: {name}",
    ),
    "member_missing": ("审计包里没有{name}", "the bundle lacks {name}"),
    "member_too_long": ("{name}太大", "{name} is too large"),
    "member_damaged": ("{name}已损坏，读不出来", "{name} is damaged and cannot be read"),
    "line_without_end": (
        "{name}里有一行太长或没有结尾",
        "{name} has a line that is too long or has no end",
    ),
    "no_checkpoint": ("{name}不是检查点", "{name} is no checkpoint"),
    "no_key": ("这不是公钥：{line}", "this is no public key: {line}"),
    "no_file": ("读不了{name}：{why}", "cannot read {name}: {why}"),
    "unforeseen": (
        "审计包里的内容出乎意料（{what}）",
        "the bundle holds something unforeseen ({what})",
    ),
}


def sentence(code: str, language: str, **values: object) -> str:
    return SENTENCES[code][SPOKEN.index(language)].format(**values)
