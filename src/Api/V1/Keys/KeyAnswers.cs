using Cairn.Projects.Keys;

namespace Cairn.Api.V1.Keys;

/// <summary>A write token as it is answered; it is public, so always whole.</summary>
sealed record TokenAnswer(string Id, string Kind, string Name, string Token, DateTimeOffset CreatedAt)
{
    public static TokenAnswer Of(ProjectKey key) => new(key.Id, Words.Of(Words.TokenKinds, key.Kind), key.Name, key.Text, key.CreatedAt);
}

/// <summary>A secret as it is listed: by its first characters.</summary>
sealed record SecretAnswer(string Id, string Name, string Role, string Hint, DateTimeOffset CreatedAt)
{
    public static SecretAnswer Of(ProjectKey key) => new(key.Id, key.Name, Words.Of(Words.GrantableRoles, key.Role), key.Text, key.CreatedAt);
}

/// <summary>A service account as it is listed.</summary>
sealed record AccountAnswer(string Id, string Name, string Role, string Username, DateTimeOffset CreatedAt)
{
    public static AccountAnswer Of(ProjectKey key) => new(key.Id, key.Name, Words.Of(Words.GrantableRoles, key.Role), key.Text, key.CreatedAt);
}
