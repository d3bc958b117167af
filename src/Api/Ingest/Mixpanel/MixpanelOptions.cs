using Microsoft.Extensions.Configuration;

namespace Cairn.Api.Ingest.Mixpanel;

/// <summary>What the operator decides of Mixpanel's endpoints.</summary>
/// <param name="RedirectHosts">
/// Hosts to which <c>/track?redirect=</c> may lead; none by default, for an open redirect helps whoever sends false letters.
/// </param>
public sealed record MixpanelOptions(IReadOnlySet<string> RedirectHosts)
{
    /// <summary>The setting: host names with commas between them.</summary>
    public const string RedirectHostsSetting = "MixpanelRedirectHosts";

    public static readonly MixpanelOptions Default = new(new HashSet<string>());

    /// <summary>As the app's settings say.</summary>
    public static MixpanelOptions Of(IConfiguration settings) => new(
        (settings[RedirectHostsSetting] ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .ToHashSet(StringComparer.OrdinalIgnoreCase));
}
