namespace IncidentDesk.Tests;

/// <summary>Files of the repository, found from the test's own folder upwards.</summary>
internal static class Repo
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>The command line as it was built for itself: beside the tests lie the web host's packages too, and some of the worker's own are left out there.</summary>
    public static string Worker { get; } = Path.Combine(
        Root, "src", "IncidentDesk.Worker", Path.GetRelativePath(Path.Combine(Root, "tests", "IncidentDesk.Tests"), AppContext.BaseDirectory), "IncidentDesk.Worker.dll");

    public static string File(string path) => Path.Combine(Root, path);

    private static string Find(DirectoryInfo folder) =>
        System.IO.File.Exists(Path.Combine(folder.FullName, "IncidentDesk.sln")) ? folder.FullName : Find(folder.Parent!);
}
