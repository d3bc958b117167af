namespace Cairn.Api.Ingest.Mixpanel;

/// <summary>What the operator decides of Mixpanel's endpoints.</summary>
/// <param name="RedirectHosts">
/// Hosts to which <c>/track?redirect=</c> may lead; none by default, for an open redirect helps whoever sends false letters.
/// </param>
public sealed record MixpanelOptions(IReadOnlySet<string> RedirectHosts)
{
    public static readonly MixpanelOptions Default = new(new HashSet<string>());
}
