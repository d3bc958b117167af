using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Cairn.Storage;

namespace Cairn.Projects.Keys;

/// <summary>Where the row of a presented text stands: partition by two hex digits of a hash, row by the whole hash, so that no text makes an illegal key.</summary>
/// <param name="PartitionKey">The family, and the first byte of the hash in hex.</param>
/// <param name="RowKey">SHA-256 in base64url.</param>
readonly record struct CredentialAddress(string PartitionKey, string RowKey)
{
    /// <summary>
    /// Characters of a secret that find its row. Where no name comes with a secret its beginning stands for one; the rest, 96 bits or more, is
    /// kept only as a <see cref="SecretHash"/>.
    /// </summary>
    const int LocatorLength = 8;

    public static CredentialAddress OfToken(string token) => Of("token", token);

    public static CredentialAddress OfAccount(string username) => Of("account", username);

    /// <summary>Null where the text is too short to be a secret.</summary>
    public static CredentialAddress? OfSecret(string secret) => secret.Length > LocatorLength ? Of("secret", secret[..LocatorLength]) : null;

    /// <summary>Null where the text is no admin key.</summary>
    public static CredentialAddress? OfAdminKey(string key) =>
        key.StartsWith(SecretText.AdminKeyPrefix, StringComparison.Ordinal) && key.Length > SecretText.AdminKeyPrefix.Length + LocatorLength
            ? Of("admin", key[..(SecretText.AdminKeyPrefix.Length + LocatorLength)])
            : null;

    /// <summary>Codes and sessions: 256 random bits, found by the hash of the whole.</summary>
    public static CredentialAddress OfSignIn(string text) => Of("signin", text);

    static CredentialAddress Of(string family, string text)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return new CredentialAddress($"{family}-{hash[0]:x2}", Base64Url.EncodeToString(hash));
    }
}

/// <summary>A row of the credentials table.</summary>
/// <param name="ProjectId">Null for the admin key.</param>
/// <param name="Actor">Who, for logs: a name, never a secret.</param>
/// <param name="Hash">The kept secret; null for write tokens, which are public.</param>
sealed record Credential(string? ProjectId, KeyKind Kind, Role Role, string Actor, string? Hash)
{
    public Dictionary<string, object> ToValues()
    {
        var values = new Dictionary<string, object> { ["kind"] = (int)Kind, ["role"] = (int)Role, ["actor"] = Actor };
        if (ProjectId is not null) values["projectId"] = ProjectId;
        if (Hash is not null) values["hash"] = Hash;
        return values;
    }

    public static Credential Of(TableRow row) => new(
        row.Values.TryGetValue("projectId", out var projectId) ? (string)projectId : null,
        (KeyKind)(int)row.Values["kind"],
        (Role)(int)row.Values["role"],
        (string)row.Values["actor"],
        row.Values.TryGetValue("hash", out var hash) ? (string)hash : null);
}
