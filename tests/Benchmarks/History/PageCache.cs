using System.Runtime.InteropServices;

namespace Cairn.Benchmarks.History;

/// <summary>Has the system forget what it holds of files, so that the next reader gets them from the disk.</summary>
static class PageCache
{
    /// <summary>POSIX_FADV_DONTNEED. Source: posix_fadvise(2).</summary>
    const int DontNeed = 4;

    /// <exception cref="PlatformNotSupportedException">Not Linux.</exception>
    public static void Evict(string folder)
    {
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("pages are dropped through Linux's posix_fadvise");
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using var file = File.OpenHandle(path);
            var error = Advise((int)file.DangerousGetHandle(), 0, 0, DontNeed);
            if (error != 0) throw new InvalidOperationException($"posix_fadvise of {path} failed with {error}");
        }
    }

    [DllImport("libc", EntryPoint = "posix_fadvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    static extern int Advise(int file, long offset, long length, int advice);
}
