using IncidentDesk.Worker;

return await CommandLine.Build().Parse(args).InvokeAsync();
