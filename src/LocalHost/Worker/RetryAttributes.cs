using System.Globalization;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>How often a failed invocation is run again before its trigger moves on.</summary>
/// <remarks>
/// Event Hubs and timer triggers honour it, HTTP triggers do not. Source: Microsoft Learn, "Azure Functions error handling
/// and retries"; Microsoft.Azure.Functions.Worker.Extensions.Abstractions.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public abstract class RetryAttribute : Attribute
{
    /// <summary>Runs after the first; -1 for no limit.</summary>
    public int MaxRetryCount { get; set; }
}

/// <summary>Runs again after a fixed time.</summary>
public sealed class FixedDelayRetryAttribute : RetryAttribute
{
    /// <param name="maxRetryCount">Runs after the first; -1 for no limit.</param>
    /// <param name="delayInterval">hh:mm:ss, not negative.</param>
    public FixedDelayRetryAttribute(int maxRetryCount, string delayInterval)
    {
        if (!TimeSpan.TryParse(delayInterval, CultureInfo.InvariantCulture, out var delay) || delay < TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(delayInterval), delayInterval, "not a time span");
        MaxRetryCount = maxRetryCount;
        DelayInterval = delayInterval;
    }

    /// <summary>hh:mm:ss between two runs.</summary>
    public string DelayInterval { get; }
}

/// <summary>Runs again after a time that doubles from a minimum to a maximum.</summary>
public sealed class ExponentialBackoffRetryAttribute : RetryAttribute
{
    /// <param name="maxRetryCount">Runs after the first; -1 for no limit.</param>
    /// <param name="minimumInterval">hh:mm:ss before the first retry.</param>
    /// <param name="maximumInterval">hh:mm:ss, what the time grows to.</param>
    public ExponentialBackoffRetryAttribute(int maxRetryCount, string minimumInterval, string maximumInterval)
    {
        if (!TimeSpan.TryParse(minimumInterval, CultureInfo.InvariantCulture, out var minimum) || minimum < TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(minimumInterval), minimumInterval, "not a time span");
        if (!TimeSpan.TryParse(maximumInterval, CultureInfo.InvariantCulture, out var maximum) || maximum < TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(maximumInterval), maximumInterval, "not a time span");
        if (minimum > maximum)
            throw new ArgumentException($"minimum {minimumInterval} is past maximum {maximumInterval}", nameof(minimumInterval));
        MaxRetryCount = maxRetryCount;
        MinimumInterval = minimumInterval;
        MaximumInterval = maximumInterval;
    }

    /// <summary>hh:mm:ss before the first retry.</summary>
    public string MinimumInterval { get; }

    /// <summary>hh:mm:ss, what the time grows to.</summary>
    public string MaximumInterval { get; }
}
