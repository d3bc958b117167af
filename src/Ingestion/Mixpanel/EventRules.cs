using Cairn.Model.Identity;

namespace Cairn.Ingestion.Mixpanel;

/// <summary>What the endpoint makes of an event before the stages judge it.</summary>
/// <param name="IsStrict"><c>/import?strict=1</c>: what is questionable is refused rather than mended.</param>
/// <param name="AllowsMerge">Whether <c>$merge</c> claims a link: through the authenticated <c>/import</c> alone.</param>
/// <param name="Mode">The project's identity system where the request's credentials told it; null on <c>/track</c>, where each event's token does.</param>
public sealed record EventRules(bool IsStrict, bool AllowsMerge, IdentityMode? Mode)
{
    /// <summary><c>/track</c>.</summary>
    public static readonly EventRules Track = new(IsStrict: false, AllowsMerge: false, Mode: null);
}
