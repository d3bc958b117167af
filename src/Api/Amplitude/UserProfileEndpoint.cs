using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Api.Authorization;
using Cairn.Model.Identity;
using Cairn.Projects.Keys;
using Cairn.Storage;
using Cairn.Storage.Profiles;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Amplitude;

/// <summary>Amplitude's <c>GET /v1/userprofile</c>: what is known of one user or device, for a server that serves them.</summary>
/// <remarks>
/// Source: Amplitude docs, "User Profile API". Recommendations, computations and predictions are none of this server's, so they are null where
/// asked for; <c>cohort_ids</c> is empty.
/// </remarks>
public sealed class UserProfileEndpoint(ProfileStore profiles, RequestAuthorization authorization)
{
    public async Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var caller = await authorization.CheckAsync(request, Role.Viewer, Deny, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        var (user, device) = (Named(request, "user_id"), Named(request, "device_id"));
        if (user is null && device is null) return Error(StatusCodes.Status400BadRequest, "User id and device id not specified");
        try
        {
            var asked = user ?? AnonymousId.DevicePrefix + device;
            var found = await profiles.FindAsync(caller.Project.ProjectId, caller.Project.IdentityMode, asked, cancellationToken);
            if (found is null) return Error(StatusCodes.Status400BadRequest, "User id and device id not seen before");
            return Answer(request, user ?? UserOf(found), device, found);
        }
        catch (StorageUnavailableException)
        {
            return Error(StatusCodes.Status503ServiceUnavailable, "Not available, try again later");
        }
    }

    static JsonAnswer Answer(HttpRequest request, string? user, string? device, FoundProfile found) => new(StatusCodes.Status200OK, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("userData");
        json.WriteString("user_id", user);
        json.WriteString("device_id", device);
        json.WriteNull("recommendations");
        if (Asks(request, "get_amp_props")) WriteProperties(json, found);
        else json.WriteNull("amp_props");
        if (Asks(request, "get_cohort_ids"))
        {
            json.WriteStartArray("cohort_ids");
            json.WriteEndArray();
        }
        else
        {
            json.WriteNull("cohort_ids");
        }
        if (Asks(request, "get_propensity")) json.WriteNull("propensity");
        json.WriteEndObject();
        json.WriteEndObject();
    });

    static void WriteProperties(Utf8JsonWriter json, FoundProfile found)
    {
        json.WriteStartObject("amp_props");
        foreach (var (name, value) in found.Profile?.Properties ?? new Dictionary<string, Model.Profiles.PropertyValue>())
        {
            json.WritePropertyName(name);
            json.WriteRawValue(value.Json.Span, skipInputValidation: true);
        }
        json.WriteEndObject();
    }

    /// <summary>The device's user; null where it has none.</summary>
    static string? UserOf(FoundProfile found) => AnonymousId.IsDevice(found.Owner) ? null : found.Owner;

    static string? Named(HttpRequest request, string name) => request.Query[name].ToString() is { Length: > 0 } id ? id : null;

    static bool Asks(HttpRequest request, string name) => request.Query[name].ToString().Equals("true", StringComparison.OrdinalIgnoreCase);

    static JsonAnswer Error(int status, string error) => new(status, json =>
    {
        json.WriteStartObject();
        json.WriteString("error", error);
        json.WriteEndObject();
    });

    static IResult Deny(HttpRequest request, DenialReason reason, Role needed) => reason switch
    {
        DenialReason.Missing => Text(StatusCodes.Status401Unauthorized, "Missing Api-Key in Authorization header"),
        DenialReason.Wrong => Text(StatusCodes.Status401Unauthorized, "Invalid Api-Key"),
        DenialReason.NoProject => Text(StatusCodes.Status400BadRequest, "Missing project_id"),
        DenialReason.ForeignPage or DenialReason.OtherProject or DenialReason.UnknownProject or DenialReason.RoleTooLow =>
            Text(StatusCodes.Status403Forbidden, "Invalid Api-Key"),
    };

    static IResult Text(int status, string text) => Results.Text(text, "text/plain", statusCode: status);
}
