"""What the server says, in its two languages.

The Chinese wording is the server's own translation bundle, mistakes included. Templates are Java MessageFormat: ``{0}``
is an argument, and an integer argument is grouped (``1,024``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

TEXTS: dict[str, tuple[str, str]] = {
    # Creating a ticket, in the order of the checks
    "account_system_unknown": ("no accountSystemType[{0}] defined in system", "未定义的accountSystemType[{0}]类型"),
    "type_not_matched": ("not matched ticket type found", "未找到匹配的票证类型"),
    "collection_not_found": (
        "no matched ticket flow collection or no default ticket flow collection found, you must specify the "
        "flowCollectionUuid or create a default ticket flow collection in system",
        "找不到匹配的票证流集合或找不到默认的票证流集合，必须指定FlowCollectionuuid或在系统中创建默认的票证流集合",
    ),
    "collection_not_matching": (
        "Ticket flow collection[uuid:{0}] not matches ticket type[uuid:{1}]",
        "票证流集合[uuid：{0}]与票证类型[uuid：{1}]不匹配",
    ),
    "collection_invalid": (
        "Ticket flow collection[uuid:{0}] is invalid, contact admin to correct it",
        "当前工单流程[uuid:{0}]失效，请联系admin修复",
    ),
    "collection_disabled": (
        "Ticket flow collection[uuid:{0}] is disable, can not be used",
        "工单流程[uuid:{0}]处于禁用状态，无法被使用",
    ),
    "api_unknown": ("invalid request. no API[{0}] found", "无效的请求。找不到API[{0}]"),
    "body_unreadable": (
        "invalid request, cannot create API[{0}] from apiBody, {1}",
        "无效的请求，无法通过apiBody创建API[{0}]，{1}",
    ),
    "collection_of_other_project": (
        "operation denied because flow collection[uuid:{0}] it not belong the project[uuid:{1}]",
        "操作无效，因为流程[uuid:{0}]不属于项目[uuid:{1}]",
    ),
    # Acting on a ticket
    "update_refused": (
        "ticket[uuid:{0}, name:{1}] can only be updated after being cancelled, current status is {2}",
        "工单[uuid:{0}, name:{1}]当前状态为{2}，不支持更新操作",
    ),
    "operator_refused": (
        "operation denied. the operator needs to be done by account/virtual ID[uuid:{0}]",
        "操作无效，需要account/virtual ID[uuid:{0}]才能完成操作",
    ),
    # The Chinese text names the status twice; the event gets lost
    "event_refused": (
        "operation denied. the ticket is in status of {0}, cannot do the operation[{1}]",
        "操作无效。当前工单状态为{0}，无法进行操作[{0}]",
    ),
    "submitter_deleted": (
        "operation denied because the ticket submitter[uuid:{0}] has been deleted, the ticket[uuid:{1}, name:{2}] "
        "can only be deleted now",
        "操作无效。因为工单的提交者[uuid:{0}]已经被删除，工单[uuid:{1}, name:{2}]仅支持删除操作",
    ),
    "project_deleted": (
        "operation denied because the project[uuid:{0}] of the ticket has been deleted, the ticket[uuid:{1}, name:{2}] "
        "can only be deleted now",
        "操作无效。因为工单所属的项目[uuid:{0}]已经被删除，工单[uuid:{1}, name:{2}]仅支持删除操作",
    ),
    "not_the_owner": (
        "the virtual ID[uuid:{0}] is not the owner of the ticket[uuid:{1}, name:{2}]",
        "virtual ID[uuid:{0}]不是工单[uuid:{1}, name:{2}]的所有者",
    ),
    "approver_lost": (
        "approver is removed from project or deleted, flow collection changed to invalid, reject this ticket",
        "审批人已经离开项目或者被删除，流程失效，因此驳回当前工单",
    ),
    # Executing requests
    "execution_api_unknown": ("No api class[name:{0}] is found", "找不到API类[名称：{0}]"),
    "execution_no_value": ("failed to get value from event: {0}", "无法从事件中获取值：{0}"),
    # Flow collections
    "flow_name_needed": ("name is needed when create a flow", "创建步骤时需要填写名称"),
    "type_already_bound": (
        "one ticket type can only have one matches flow collection",
        "一个票证类型只能有一个匹配流集合",
    ),
    "last_approver": (
        "admin or iam2 operation is required as approver of the last flow",
        "需要管理员或IAM2操作作为最后一个流的批准人",
    ),
    "flow_needed": ("at least one flow is needed for create flow collection", "创建流程时需要至少一个步骤"),
    "approver_title": ("wrong approver title {0}, valid value is {1}", "错误的审批人职位{0}, 有效输入为{1}"),
    "flow_name_null": ("name cannot be null", "名称不能为空"),
    "flow_approver_null": ("approverUuid cannot be null", "Approveruuid不能为空"),
    "approver_not_found": ("can not find IAM2VirtualIDVO[uuid:{0}]", "找不到对应的IAM2VirtualIDVO[uuid:{0}]"),
    "approver_not_member": (
        "virtual id[uuid:{0}] not belong to project[uuid:{1}]",
        "virtual id[uuid:{0}]不属于项目[uuid:{1}]",
    ),
    # Parameters, permissions, logins, queries
    "not_an_integer": (
        "[{0}] field is excepted an int or long, but was [{1}].",
        "[{0}] 属性期望是一个整数，但是得到的是 [{1}]",
    ),
    "not_a_boolean": (
        "Invalid value for boolean field [{0}], [{1}] is not a valid boolean string[true, false].",
        "boolean属性字段[{0}]无效，[{1}]不是一个有效的boolean字符串[true, false]",
    ),
    "system_tag_unknown": ("no system tag matches {0}", "没有找到匹配{0}的系统标签"),
    "denied_by_default": (
        "operation[API:{0}] is denied by default, please contact admin to correct it",
        "默认情况下拒绝操作[API：{0}]，请与管理员联系以更正",
    ),
    "not_resource_owner": (
        "permission denied, the account[uuid:{0}] is not the owner of the resource[uuid:{1}, type:{2}]",
        "操作错误，账户[uuid:{0}]不是资源[uuid:{1}, type:{2}]的所有者",
    ),
    "virtual_id_login": (
        "wrong virtual ID[name:{0}], not existing or wrong password",
        "错误的virtual ID[名称:{0}], 密码不存在或者密码错误",
    ),
    "project_state": (
        "login is prohibited because the project is in state of {0}",
        "禁止登录，因为项目处于{0}状态",
    ),
    "project_not_found": ("project[name:{0}] not existing", "项目[name:{0}]不存在"),
    "not_in_project": (
        "virtual ID[name:{0}] not belonging to the project[name:{1}]",
        "virtual ID[名称:{0}]不属于项目[name:{1}]",
    ),
    "order_by": (
        "invalid order by clause, inventory[{0}] doesn't have field[{1}]",
        "ORDER BY子句无效，库存[{0}]没有字段[{1}]",
    ),
    "filter_name": (
        "filterName must be formatted as [filterType:condition(s)]",
        "FilterName的格式必须为[filterType：条件]",
    ),
}


@dataclass(frozen=True)
class Text:
    """A translatable text with its arguments; rendered when the answer is written."""

    key: str
    arguments: tuple[Any, ...] = ()

    def render(self, locale: str) -> str:
        template = TEXTS[self.key][0 if locale == "en_US" else 1]
        return re.sub(r"\{(\d)}", lambda hole: _argument(self.arguments[int(hole[1])]), template)


def text(key: str, *arguments: Any) -> Text:
    return Text(key, arguments)


def java_text(value: Any) -> str:
    """Write a value as Java's ``%s`` does."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(java_text, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={java_text(item)}" for key, item in value.items()) + "}"
    return str(value)


def _argument(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else java_text(value)
