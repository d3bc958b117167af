using System.Globalization;
using Microsoft.Azure.Functions.Worker;

namespace Cairn.LocalHost.Hosting;

/// <summary>Whether and when a failed run is tried again.</summary>
/// <remarks>Source: Microsoft Learn, "Azure Functions error handling and retries", "Retry strategies". The host's jitter is left out.</remarks>
sealed class RetryPlan(RetryAttribute? attribute)
{
    /// <summary>How long to wait before the next run; null where there is none.</summary>
    /// <param name="retryCount">Retries already done.</param>
    public TimeSpan? DelayAfter(int retryCount)
    {
        if (attribute is null || (attribute.MaxRetryCount >= 0 && retryCount >= attribute.MaxRetryCount)) return null;
        switch (attribute)
        {
            case FixedDelayRetryAttribute delayed:
                return Span(delayed.DelayInterval);
            case ExponentialBackoffRetryAttribute growing:
                var (least, most) = (Span(growing.MinimumInterval), Span(growing.MaximumInterval));
                // Doubling stops well before it overflows: 2^30 seconds are 34 years.
                var grown = least * Math.Pow(2, Math.Min(retryCount, 30));
                return grown < most ? grown : most;
            default:
                throw new InvalidOperationException($"{attribute.GetType().Name} is no retry policy that the host knows");
        }
    }

    static TimeSpan Span(string text) => TimeSpan.Parse(text, CultureInfo.InvariantCulture);
}
