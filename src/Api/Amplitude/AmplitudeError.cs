using Cairn.Api.Answers;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Amplitude;

/// <summary>A question that can't be answered; told in Amplitude's envelope.</summary>
/// <param name="details">What exactly is wrong, naming the parameter or property.</param>
public sealed class AmplitudeQueryException(string details) : Exception(details);

/// <summary>Errors as Amplitude's dashboard API words them.</summary>
/// <remarks>Source: Amplitude docs, "Behavioral Cohorts API", error responses; airbytehq/airbyte issue 46712 shows the same for charts.</remarks>
static class AmplitudeError
{
    public static IResult InvalidChart(string details) => Of(StatusCodes.Status400BadRequest, "invalid", "Invalid chart definition", details);

    public static IResult NotFound(string message) => Of(StatusCodes.Status404NotFound, "not_found", message, null);

    public static IResult Unavailable(string message) => Of(StatusCodes.Status503ServiceUnavailable, "unavailable", message, null);

    public static IResult Damaged(string details) => Of(StatusCodes.Status500InternalServerError, "internal", "A stored file is damaged", details);

    public static IResult Unread(int status, string details) => Of(status, status == 408 ? "timeout" : "invalid", "Invalid request body", details);

    static JsonAnswer Of(int status, string type, string message, string? details) => new(status, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteNumber("http_code", status);
        json.WriteString("type", type);
        json.WriteString("message", message);
        json.WriteStartObject("metadata");
        if (details is not null) json.WriteString("details", details);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    });
}
