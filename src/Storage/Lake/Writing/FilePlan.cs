namespace Cairn.Storage.Lake.Writing;

/// <summary>Where files end, and where row groups in them.</summary>
static class FilePlan
{
    /// <summary>How much larger than planned a file may become, so that no person stands in two.</summary>
    const double Slack = 1.25;

    /// <summary>Rows of each file of a partition, so that all are about equal.</summary>
    public static int RowsPerFile(long rows, double bytesPerRow, long targetBytes)
    {
        var files = Math.Max(1, (long)Math.Round(rows * bytesPerRow / targetBytes));
        return (int)Math.Clamp((rows + files - 1) / files, 1, int.MaxValue / 2);
    }

    /// <summary>Where the rows from <paramref name="start"/> on have to leave the current file.</summary>
    /// <param name="end">The end of what is there.</param>
    /// <param name="left">Rows that the file should still get, at least 1.</param>
    /// <param name="isLast">Whether the partition ends with <paramref name="end"/>.</param>
    /// <param name="isSamePerson">Whether a row and the one before are of one person.</param>
    public static int CutFile(int start, int end, int left, bool isLast, Func<int, bool> isSamePerson)
    {
        var most = (int)Math.Min(int.MaxValue, start + (long)(left * Slack));
        if (isLast && end <= most) return end;
        if (end - start <= left) return end;
        var cut = start + left;
        while (cut < end && cut < most && isSamePerson(cut)) cut++;
        return cut;
    }

    /// <summary>Cuts rows into row groups of about the same size.</summary>
    public static IEnumerable<(int Start, int End)> CutGroups(int start, int end, int maxRows)
    {
        var groups = (end - start + maxRows - 1) / maxRows;
        for (var group = 0; group < groups; group++)
            yield return (start + (int)((long)(end - start) * group / groups), start + (int)((long)(end - start) * (group + 1) / groups));
    }
}
