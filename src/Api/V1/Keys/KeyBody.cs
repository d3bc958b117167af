using System.Text.Json;
using Cairn.Projects;
using Cairn.Projects.Keys;

namespace Cairn.Api.V1.Keys;

/// <summary>What a new key is asked for with.</summary>
/// <remarks>
/// Tokens: <c>{"kind": "mixpanel_token", "name": "web", "token": "…"}</c>, where <c>token</c> takes one that apps already carry.
/// Secrets and service accounts: <c>{"name": "nightly export", "role": "analyst"}</c>.
/// </remarks>
sealed record KeyBody(string Name, KeyKind Kind, Role Role, string? Token)
{
    static readonly string ValidName = $"1 to {ProjectKeys.MaxNameLength} characters";

    public static (KeyBody Body, IReadOnlyList<FieldError> Errors) Read(KeyFamily family, JsonElement json)
    {
        var fields = family is KeyFamily.Tokens ? new JsonFields(json, "kind", "name", "token") : new JsonFields(json, "name", "role");
        fields.Require("name", ValidName);
        var name = fields.Text("name", ValidName);
        if (name is not null && (string.IsNullOrWhiteSpace(name) || name.Length > ProjectKeys.MaxNameLength || name.Any(char.IsControl)))
            fields.Errors.Add(new FieldError("name", "This is no name.", ValidName));

        if (family is not KeyFamily.Tokens)
        {
            var kind = family is KeyFamily.Secrets ? KeyKind.ApiSecret : KeyKind.ServiceAccount;
            return (new KeyBody(name ?? "", kind, ReadRole(fields), null), fields.Errors);
        }
        fields.Require("kind", "one of " + string.Join(", ", Words.TokenKinds.Keys));
        var tokenKind = fields.Choice("kind", Words.TokenKinds);
        var token = fields.Text("token", "a token that apps already carry; leave it out for a new one");
        if (tokenKind is { } chosen && token is not null && !chosen.IsWellFormed(token))
            fields.Errors.Add(new FieldError("token", "This is no token of that kind.", FormOf(chosen)));
        return (new KeyBody(name ?? "", tokenKind ?? default, Role.Writer, token), fields.Errors);
    }

    /// <summary>The role a body names; a role left out is an error, for nobody should get one by accident.</summary>
    public static Role ReadRole(JsonFields fields)
    {
        fields.Require("role", "one of " + string.Join(", ", Words.GrantableRoles.Keys));
        return fields.Choice("role", Words.GrantableRoles) ?? default;
    }

    static string FormOf(KeyKind kind) => kind is KeyKind.SegmentWriteKey
        ? $"{KeyKinds.TokenLength} letters and digits"
        : $"{KeyKinds.TokenLength} lower-case hex characters";
}
