using IncidentDesk.Domain;

namespace IncidentDesk.Web.Api;

/// <summary>Refusals as RFC 9457 problems; the status of a code stands here and nowhere else.</summary>
internal static class Problems
{
    private static readonly Dictionary<string, int> Status = new(StringComparer.Ordinal)
    {
        ["bad_json"] = 400,
        ["bad_key"] = 400,
        ["bad_if_match"] = 400,
        ["bad_cursor"] = 400,
        ["bad_query"] = 400,
        ["unknown_actor"] = 401,
        ["credential_ended"] = 401,
        ["credential_expired"] = 401,
        ["account_ended"] = 401,
        ["bad_credentials"] = 401,
        ["code_required"] = 401,
        ["bad_code"] = 401,
        ["code_used"] = 401,
        ["code_clock_off"] = 401,
        ["second_factor_unreadable"] = 401,
        ["provider_failed"] = 401,
        ["provider_expired"] = 401,
        ["provider_person_unknown"] = 401,
        ["provider_person_differs"] = 401,
        ["foreign_origin"] = 403,
        ["https_required"] = 403,
        ["password_change_required"] = 403,
        ["second_factor_required"] = 403,
        ["not_in_scope"] = 403,
        ["sign_in_required"] = 403,
        ["not_your_place"] = 403,
        ["own_account"] = 403,
        ["not_allowed"] = 403,
        ["not_assigned_to_you"] = 403,
        ["approver_is_requester"] = 403,
        ["incident_not_found"] = 404,
        ["request_not_found"] = 404,
        ["alert_not_found"] = 404,
        ["unknown_list"] = 404,
        ["code_not_found"] = 404,
        ["person_not_found"] = 404,
        ["token_not_found"] = 404,
        ["deputy_not_found"] = 404,
        ["attachment_withdrawn"] = 403,
        ["attachment_not_found"] = 404,
        ["upload_busy"] = 409,
        ["upload_gap"] = 409,
        ["upload_incomplete"] = 409,
        ["attachment_erased"] = 410,
        ["link_invalid"] = 404,
        ["link_expired"] = 410,
        ["file_too_large"] = 413,
        ["file_missing"] = 500,
        ["files_not_writable"] = 503,
        ["channel_not_found"] = 404,
        ["delivery_not_found"] = 404,
        ["duplicate_external_no"] = 409,
        ["person_exists"] = 409,
        ["channel_exists"] = 409,
        ["ticket_over"] = 409,
        ["version_pending"] = 409,
        ["version_stale"] = 409,
        ["changed_since"] = 412,
        ["body_too_large"] = 413,
        ["wrong_media_type"] = 415,
        ["if_match_required"] = 428,
        ["not_a_display_token"] = 401,
        ["account_locked"] = 429,
        ["too_many_streams"] = 429,
        ["address_locked"] = 429,
        ["provider_unreachable"] = 503,
        ["busy"] = 503,
    };

    /// <summary>The status of a refusal: 422 unless its code has another.</summary>
    public static int StatusOf(Refusal refusal) => Status.GetValueOrDefault(refusal.Code, 422);

    /// <summary>The problem as a result.</summary>
    public static IResult Of(Refusal refusal, int? status = null) => Results.Problem(
        statusCode: status ?? StatusOf(refusal), type: "urn:incidentdesk:" + refusal.Code, title: refusal.Zh, detail: refusal.En,
        extensions: new Dictionary<string, object?> { ["code"] = refusal.Code, ["field"] = refusal.Field });
}
