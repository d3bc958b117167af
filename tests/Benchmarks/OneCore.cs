using System.Globalization;
using System.Runtime.InteropServices;

namespace Cairn.Benchmarks;

/// <summary>Keeps this process, every thread of it, on the machine's first core.</summary>
static class OneCore
{
    /// <exception cref="PlatformNotSupportedException">Not Linux: elsewhere start the benchmark under the system's own tool for it.</exception>
    public static void Bind()
    {
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("threads are bound through Linux's sched_setaffinity");
        // Threads made later inherit it from those that make them.
        foreach (var thread in Directory.GetDirectories("/proc/self/task"))
        {
            var firstCore = 1UL;
            if (SetAffinity(int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture), sizeof(ulong), ref firstCore) != 0)
                throw new InvalidOperationException($"sched_setaffinity failed with {Marshal.GetLastPInvokeError()}");
        }
    }

    [DllImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    static extern int SetAffinity(int thread, nint maskBytes, ref ulong mask);
}
