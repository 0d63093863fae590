//! The description of the API: OpenAPI 3.1, made from the handlers, served by the service and kept in
//! the tree as `docs/openapi.json`.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::IntoResponse;
use serde_json::{Value, json};
use utoipa::OpenApi;

use crate::http::described;
use crate::http::problem::ProblemCode;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Lastmile 最后一公里",
        description = "What a court's server knows, to be read: cases, records, conflicts, requests for police assistance, and what waits. Errors are RFC 9457 problem documents with stable codes."
    ),
    tags(
        (name = "cases", description = "Cases 案件"),
        (name = "records", description = "Records 执行记录"),
        (name = "conflicts", description = "Open conflicts 待核定的不一致"),
        (name = "requests", description = "Requests for police assistance 请求公安协助"),
        (name = "waiting", description = "Changes not part of their record 未并入记录的修改"),
        (name = "files", description = "Files of evidence 证据原件"),
        (name = "office", description = "Acts of a day, the evening's list 当日活动与晚间核对"),
        (name = "console", description = "People at the console 控制台登录"),
        (name = "gateway", description = "Gateways of text messages 短信网关"),
        (name = "sync", description = "What phones use 手机同步"),
        (name = "service", description = "Running the service 运维")
    )
)]
struct Base;

/// What the description says before any endpoint.
pub(super) fn base() -> utoipa::openapi::OpenApi {
    Base::openapi()
}

static TEXT: LazyLock<String> = LazyLock::new(|| {
    let mut text = serde_json::to_string_pretty(&build()).unwrap_or_default();
    text.push('\n');
    text
});

/// The description, as served.
pub fn text() -> &'static str {
    &TEXT
}

/// The handlers' description, with what holds for all of them: problems, and the token.
fn build() -> Value {
    let described = described().into_openapi();
    let mut document = serde_json::to_value(described).unwrap_or_default();
    document["components"]["securitySchemes"]["operator"] = json!({
        "type": "http",
        "scheme": "bearer",
        "description": "An operator's token: lastmile-server token add --role command --label NAME",
    });
    document["components"]["schemas"]["Problem"] = problem_schema();
    let Some(paths) = document["paths"].as_object_mut() else { return document };
    for (path, item) in paths {
        let Some(operations) = item.as_object_mut() else { continue };
        for (method, operation) in operations {
            operation["responses"]["default"] = json!({
                "description": "A problem",
                "content": {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                },
            });
            if method == "get" && path.starts_with("/v1/courts/") {
                operation["security"] = json!([{"operator": []}]);
            }
        }
    }
    document
}

fn problem_schema() -> Value {
    let codes: Vec<&str> = ProblemCode::ALL.iter().map(|problem| problem.code()).collect();
    json!({
        "type": "object",
        "description": "RFC 9457 problem document. Further members name what is wrong.",
        "required": ["type", "title", "title_en", "status", "code"],
        "properties": {
            "type": {"type": "string", "description": "urn:lastmile:problem:CODE"},
            "title": {"type": "string", "description": "What to tell a person, in Chinese"},
            "title_en": {"type": "string", "description": "The same in English"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "code": {"type": "string", "enum": codes},
            "detail": {"type": "string"},
        },
    })
}

/// This description
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "service",
    responses((status = 200, description = "OpenAPI 3.1", body = Object))
)]
pub(super) async fn openapi() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], text())
}
