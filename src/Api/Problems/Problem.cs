using System.Text.Json;
using System.Text.Json.Serialization;
using Cairn.Projects;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Problems;

/// <summary>An error of our own API, told as problem details.</summary>
/// <remarks>
/// Source: RFC 9457. <c>type</c> is a name to switch on, stable for ever; <c>errors</c> names each field and what would be valid. For example
/// <code>
/// {"type": "urn:cairn:invalid-field", "title": "A field is invalid.", "status": 400, "detail": "time_zone: There is no time zone 'Mars'.",
///  "errors": [{"field": "time_zone", "detail": "There is no time zone 'Mars'.", "valid": "an IANA name such as Europe/Berlin"}]}
/// </code>
/// </remarks>
public sealed class Problem : IResult
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    readonly Body _body;
    readonly int? _retryAfterSeconds;
    bool _endsConnection;

    Problem(int status, string type, string title, string detail, IReadOnlyList<FieldError>? errors = null, int? retryAfterSeconds = null)
    {
        _body = new Body($"urn:cairn:{type}", title, status, detail, errors);
        _retryAfterSeconds = retryAfterSeconds;
    }

    /// <summary>400: the request says something that can't be.</summary>
    public static Problem InvalidField(params IReadOnlyList<FieldError> errors) =>
        new(400, "invalid-field", errors.Count == 1 ? "A field is invalid." : "Some fields are invalid.",
            string.Join(" ", errors.Select(error => $"{error.Field}: {error.Detail}")), errors);

    /// <summary>400: the body is no JSON object; <paramref name="detail"/> says where it stops being one.</summary>
    public static Problem InvalidBody(string detail) => new(400, "invalid-body", "The body is no JSON object.", detail);

    /// <summary>401: no credentials, or wrong ones.</summary>
    public static Problem Unauthorized(string detail) => new(401, "unauthorized", "Credentials are missing or wrong.", detail);

    /// <summary>403: known, but not allowed to.</summary>
    public static Problem Forbidden(string detail) => new(403, "forbidden", "These credentials may not do this.", detail);

    /// <summary>404: there is no such thing, or none that this caller may know of.</summary>
    public static Problem NotFound(string detail) => new(404, "not-found", "There is no such thing.", detail);

    /// <summary>409: it was changed meanwhile, or is taken.</summary>
    public static Problem Conflict(string detail, params IReadOnlyList<FieldError> errors) =>
        new(409, "conflict", "This conflicts with what is there.", detail, errors.Count == 0 ? null : errors);

    /// <summary>413: the body is larger than this route reads.</summary>
    public static Problem TooLarge(int maxBodyBytes) =>
        new(413, "too-large", "The body is too large.", $"This route reads at most {maxBodyBytes} bytes.");

    /// <summary>408 or 400: the body never came whole, by its sender's fault. The connection ends, for nobody knows where the next request would begin.</summary>
    public static Problem Unread(int status, string detail) =>
        new(status, status == 408 ? "too-slow" : "broken-body", status == 408 ? "The body took too long." : "The body is broken off or malformed.", detail) { _endsConnection = true };

    /// <summary>422: well-formed, but more than the machine will do at once; <paramref name="detail"/> says what to narrow.</summary>
    public static Problem TooMuch(string detail) => new(422, "too-much", "This asks for too much at once.", detail);

    /// <summary>503: a store can't be reached; the same request may work soon.</summary>
    public static Problem Unavailable(string detail, int retryAfterSeconds = 5) =>
        new(503, "unavailable", "A store can't be reached.", detail, retryAfterSeconds: retryAfterSeconds);

    /// <summary>500: a stored file is torn or altered; <paramref name="detail"/> names it.</summary>
    public static Problem Damaged(string detail) => new(500, "damaged-file", "A stored file is damaged.", detail);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = _body.Status;
        // Bearer, for a page that asks with a wrong cookie must not make the browser open its password window.
        if (_body.Status == 401) response.Headers.WWWAuthenticate = "Bearer realm=\"Cairn\"";
        if (_endsConnection) response.Headers.Connection = "close";
        if (_retryAfterSeconds is { } seconds) response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return response.WriteAsJsonAsync(_body, Json, "application/problem+json", httpContext.RequestAborted);
    }

    sealed record Body(string Type, string Title, int Status, string Detail, IReadOnlyList<FieldError>? Errors);
}
