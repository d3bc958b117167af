using System.Runtime;
using System.Runtime.InteropServices;

namespace Cairn.Benchmarks;

/// <summary>What a reader of a result needs to know of where it was measured.</summary>
static class Machine
{
    public static string Describe()
    {
        var processor = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : RuntimeInformation.ProcessArchitecture.ToString();
        var memoryGiB = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30);
        return $"{processor}, {Environment.ProcessorCount} cores, {memoryGiB:F0} GiB, .NET {Environment.Version}, {(GCSettings.IsServerGC ? "server" : "workstation")} GC";
    }
}
