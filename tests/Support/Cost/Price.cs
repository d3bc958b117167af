namespace Cairn.Support.Cost;

/// <summary>List prices in USD, pay as you go, US regions; the page names each with its vendor's page.</summary>
/// <remarks>They change, and differ by region: who deploys compares them with the vendor's pages.</remarks>
public static class Price
{
    /// <summary>A throughput unit of Event Hubs Standard, an hour.</summary>
    public const double ThroughputUnitHour = 0.03;

    /// <summary>A million ingress events of Event Hubs, each of at most 64 KB.</summary>
    public const double MillionMessages = 0.028;

    /// <summary>A million executions of Functions on Flex Consumption, on demand, and how many a month are free.</summary>
    public const double MillionExecutions = 0.40, FreeExecutions = 250_000;

    /// <summary>A gigabyte-second of Flex Consumption, on demand, and how many a month are free.</summary>
    public const double GigabyteSecond = 0.000026, FreeGigabyteSeconds = 100_000;

    /// <summary>A gigabyte of hot blobs, locally redundant, a month.</summary>
    public const double BlobGigabyteMonth = 0.0208;

    /// <summary>A gigabyte of logs that Log Analytics takes in.</summary>
    public const double LogGigabyte = 2.30;

    /// <summary>Ten thousand requests for tables of any kind, by the meter of older account kinds.</summary>
    public const double FlatTenThousandTableRequests = 0.00036;

    /// <summary>Ten thousand requests to storage, by what they are billed as. Tables: by the general-purpose v2 meters, the dearer of those published.</summary>
    public static readonly IReadOnlyDictionary<string, double> TenThousandRequests = new Dictionary<string, double>
    {
        ["blob write"] = 0.055,
        ["blob list"] = 0.055,
        ["blob read"] = 0.0045,
        ["blob delete"] = 0,
        ["table write"] = 0.0325,
        ["table batch"] = 0.0975,
        ["table read"] = 0.0065,
        ["table scan"] = 0.12,
        ["table delete"] = 0,
    };
}
