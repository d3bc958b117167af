using Cairn.Storage;

namespace Cairn.Projects.Keys;

/// <summary>A key as it is listed: everything but the secret.</summary>
/// <param name="Id">Names it in its project; says nothing about the secret.</param>
/// <param name="Name">For people.</param>
/// <param name="Role">What it allows; <see cref="Role.Writer"/> for write tokens.</param>
/// <param name="Text">A write token itself, a service account's user name, or the first characters of a secret.</param>
public sealed record ProjectKey(string Id, KeyKind Kind, string Name, Role Role, DateTimeOffset CreatedAt, string Text)
{
    internal Dictionary<string, object> ToValues(CredentialAddress address) => new()
    {
        ["kind"] = (int)Kind,
        ["name"] = Name,
        ["role"] = (int)Role,
        ["createdAt"] = CreatedAt,
        ["text"] = Text,
        ["credentialPartition"] = address.PartitionKey,
        ["credentialRow"] = address.RowKey,
    };

    internal static ProjectKey Of(TableRow row) => new(
        row.RowKey,
        (KeyKind)(int)row.Values["kind"],
        (string)row.Values["name"],
        (Role)(int)row.Values["role"],
        (DateTimeOffset)row.Values["createdAt"],
        (string)row.Values["text"]);

    internal static CredentialAddress AddressOf(TableRow row) =>
        new((string)row.Values["credentialPartition"], (string)row.Values["credentialRow"]);
}

/// <summary>A key just made.</summary>
/// <param name="Secret">Shown now and never again; for a write token the token.</param>
public sealed record NewKey(ProjectKey Key, string Secret);
