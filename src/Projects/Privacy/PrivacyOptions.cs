using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Cairn.Projects.Privacy;

/// <summary>How requests for erasure are handled.</summary>
/// <param name="Grace">How long a request can be cancelled before it begins; <c>Privacy__GraceDays</c>, none by default.</param>
/// <param name="StreamRetention">How long the stream keeps a message, whoever has read it; <c>Privacy__StreamRetentionHours</c>. Asked only where the stream is not on this machine.</param>
public sealed record PrivacyOptions(TimeSpan Grace, TimeSpan StreamRetention)
{
    /// <summary>Longest grace period, days: Mixpanel and Amplitude both promise the end within 30.</summary>
    const int MaxGraceDays = 30;

    /// <summary>Hours that <c>infra</c> keeps messages for, and the longest that Event Hubs' standard tier allows.</summary>
    const int DefaultRetentionHours = 168, MaxRetentionHours = 2_160;

    /// <exception cref="InvalidOperationException">A setting is no number in its range.</exception>
    public static PrivacyOptions Read(IConfiguration? settings) => new(
        TimeSpan.FromDays(Number(settings, "Privacy:GraceDays", 0, MaxGraceDays)), TimeSpan.FromHours(Number(settings, "Privacy:StreamRetentionHours", DefaultRetentionHours, MaxRetentionHours)));

    static int Number(IConfiguration? settings, string name, int usual, int most) => settings?[name] is not { Length: > 0 } text ? usual
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number
        : throw new InvalidOperationException($"{name.Replace(":", "__", StringComparison.Ordinal)} is '{text}'; it is a whole number from 0 to {most}");
}
