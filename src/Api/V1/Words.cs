using System.Collections.Frozen;
using Cairn.Model.Identity;
using Cairn.Projects.Keys;

namespace Cairn.Api.V1;

/// <summary>The words that stand for enum members on our wire.</summary>
static class Words
{
    public static readonly IReadOnlyDictionary<string, Role> GrantableRoles = new Dictionary<string, Role>
    {
        ["viewer"] = Role.Viewer,
        ["analyst"] = Role.Analyst,
        ["admin"] = Role.Admin,
    }.ToFrozenDictionary();

    public static readonly IReadOnlyDictionary<string, KeyKind> TokenKinds = new Dictionary<string, KeyKind>
    {
        ["mixpanel_token"] = KeyKind.MixpanelToken,
        ["amplitude_api_key"] = KeyKind.AmplitudeApiKey,
        ["segment_write_key"] = KeyKind.SegmentWriteKey,
    }.ToFrozenDictionary();

    public static readonly IReadOnlyDictionary<string, IdentityMode> IdentityModes = new Dictionary<string, IdentityMode>
    {
        ["simplified"] = IdentityMode.Simplified,
        ["original"] = IdentityMode.Original,
    }.ToFrozenDictionary();

    /// <summary>The word of a value that has one.</summary>
    public static string Of<T>(IReadOnlyDictionary<string, T> words, T value) => words.First(word => Equals(word.Value, value)).Key;
}
